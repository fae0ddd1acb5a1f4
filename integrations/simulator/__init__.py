"""An embedded QuickBooks Online: companies, OAuth 2.0 and the Accounting API v3, reached over HTTP only.

It imports nothing of the product and nothing of the product imports it: the base address is the only switch
between it, Intuit's sandbox and production.
"""
