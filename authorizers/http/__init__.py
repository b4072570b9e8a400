"""One exchange over HTTP: a deadline over everything, and no way to go but where it was sent."""
