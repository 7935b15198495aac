"""Entry point of ``python -m darkroom``, the same command under a chosen Python."""

from darkroom import main

if __name__ == "__main__":
    main()
