"""What `authorizers check` knows about attaching authorizers in templates."""
