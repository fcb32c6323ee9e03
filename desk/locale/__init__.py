"""Languages of the program: which one to speak, and its catalogue; a folder for each beside this file."""
