"""API keys: their form, what is stored of them, and who proves to hold one."""
