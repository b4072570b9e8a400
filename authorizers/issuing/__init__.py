"""What operators do with keys: issue, rotate, revoke, import, and tell API Gateway of them."""
