"""``python -m darkroom``: the same command, for a Python that is named."""

from darkroom import main

if __name__ == "__main__":
    main()
