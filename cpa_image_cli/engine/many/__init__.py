"""Many pictures: how those of an order differ, what a file comes to, who may send when."""
