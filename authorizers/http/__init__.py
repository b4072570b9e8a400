"""One exchange over HTTP, with a deadline over everything and nowhere to go but where it was sent."""
