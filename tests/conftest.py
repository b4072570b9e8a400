"""What all tests share."""

from hypothesis import settings

# The machines that run these are shared: a slow moment is no defect.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
