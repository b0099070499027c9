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
}
