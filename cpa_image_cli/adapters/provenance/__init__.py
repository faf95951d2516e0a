"""What picture files carry beside their pixels: read, added to and taken out without touching a coded byte."""
