"""What is wrong with files of certificates and revocations: what operators ask before they load."""
