"""What people ask of a document: is it right, who may do what, and why. No function loads it."""
