"""What people ask about a document: is it right, who may do what, and why. No function loads this."""
