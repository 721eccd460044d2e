"""One file's way through the hub: states, the pure core (`examine`, `outputs`), and the steps round it."""
