"""Three years of families in Fjordvik, lived through the same actions that people use."""
