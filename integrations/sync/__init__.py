"""The engine: works off what the door queued, in one organization's lane at a time.

The lane     lane: what is done next · lease: who holds it · work: what the holder works with · gate, permission and
             counting: what stands before each call · grant: the tokens · company: what the QuickBooks company is like
Runs         runs · outcomes: what came of a job · auto: what is due by its schedule · leaving: another company
A push       push, in this order: claims · dependencies · already_there, with beforehand, find and
             possible_duplicates · settle: sent and answered · bind: ids and tokens · faulty: what each fault asks
             for · unsettled: what a dead worker left; ending voids and deletes; linking ties by hand
A pull       pull · decoding: rows become documents · apply: a page is stored, with incoming, links and writing ·
             edited: edits of ours meet it · merge and merge_lines: three versions decide · identities: what the feed
             cannot tell · suspected and merged: names that QuickBooks made one
Statements   reconcile · sides · statement_compare · statements; then repair · fixes
A look       looking: a search, records read again · matching and contact_compare: both sides' contacts
"""
