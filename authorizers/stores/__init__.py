"""Where bytes are kept outside the package. `boto3` is imported when a store is opened."""
