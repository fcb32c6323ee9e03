"""python -m desk."""

from desk.cli.main import main

main()
