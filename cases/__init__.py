"""The procedure: states, clocks and who is who. Pure: no I/O and no clock of its own."""
