"""What keeps plugins honest: the contract as checks that run, and files to start new plugins from."""
