"""What can be set, and where it comes from. Functions never import `document` nor `compile`."""
