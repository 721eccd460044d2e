"""The financial system's side, whichever it is: vouchers, tax meanings, documents."""
