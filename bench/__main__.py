"""``python -m bench``."""

if __name__ == "__main__":  # a worker process runs this file under another name, and needs no command line
    from bench.cli import main

    main()
