"""QuickBooks' business rules: what each entity's document becomes, or why it is refused."""
