"""Training of networks: one loop, seeds, devices, batches and weights as arrays."""
