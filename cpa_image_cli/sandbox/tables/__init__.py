"""The rows of the scenario table, one module per kind of trouble; ``sandbox.scenarios`` joins them."""
