package verify

// truths are what verso must find in the demo company, and what it must not.
var truths = []Truth{
	{"supplier-slower", "suppliers", "Supplier S1 delivers more slowly from a known month.", "Its median lead time grows by the planted days ± 7, titles not yet published left out."},
	{"supplier-short", "suppliers", "Supplier S2 delivers short.", "Short share within ± 4 points of the planted, of others at most 3 %."},
	{"supplier-damaged", "suppliers", "Supplier S3 delivers damaged copies.", "Damaged share within ± 4 points of the planted."},
	{"supplier-forthcoming", "suppliers", "Supplier S4 seems slow only because its titles are not yet out.", "Slower by 10 days and more as a whole, within ± 6 days of others once in print."},
	{"inspection-slower", "order flow", "Inspection takes longer for a quarter.", "Days between the stages grow by the planted ± 1."},
	{"textbook-deadline", "order flow", "Textbooks ordered after mid-June come too late for the autumn term.", "In time: at least 90 % of those of May and early June, at most 70 % of late July."},
	{"duplicates", "customers", "Customers who are in the records twice.", "Of the pairs reported as certain or probable at least 95 % are planted, and at least 80 % of the planted are reported."},
	{"supplier-alarms", "performance", "The control chart flags S1 (slow), S2 (short) and S3 (damaged).", "Each within the orders of six weeks, or of 150 lines where it has fewer."},
	{"supplier-unflagged", "performance", "The control chart does not flag S4.", "No alarm of slowness goes on."},
	{"stage-alarms", "performance", "Customs reviews cluster in two months, and inspection is slow for a quarter.", "The control chart flags exactly these stages and months."},
	{"bridge-currency", "performance", "A currency gets dearer while prices are fixed.", "At least 90 % of what price, rate and cost of the same goods did to the margin is the rate."},
	{"bridge-mix", "performance", "Every class earns more, and the whole less, by the mix (Simpson's paradox).", "Mix takes most, and more than a point; margins rise in classes with most of the sales."},
	{"top-silent", "performance", "Of last year's largest customers some are silent.", "Exactly these are listed."},
	{"top-halved", "performance", "Of last year's largest customers some order less than half.", "Exactly these are listed."},
	{"top-complained", "performance", "Of last year's largest customers some complained.", "Down to the last planted exactly these are listed."},
	{"salesperson-losing", "performance", "Salesperson X sells most and contributes less than nothing.", "X alone is large and losing."},
	{"salesperson-left", "performance", "Salesperson Y left; some of the accounts without an owner fade.", "95 % of the accounts are listed, of those that fade at least half, of the others at most a tenth."},
	{"partner-returns", "performance", "The returns of some agents rise while their sell-in grows.", "Exactly these are found, and rank no higher by what they kept."},
	{"performance-quiet", "performance", "Nothing else happens to margins, partners, people and stages.", "Of the effects of the last four quarters at most one is out of the usual by chance, and nothing else is found; of a thousand customers and more."},
}
