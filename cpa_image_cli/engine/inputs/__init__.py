"""What goes along with a prompt, and what comes of it: pictures, masks, and what gateways were seen to do with them."""
