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
	{"campaign-a", "promotion", "A mail with a random control group lifts the share who order from 4 % to 6 %.", "The lift is within three standard errors of the planted one, and reported as a lift, or as too small to tell."},
	{"campaign-b", "promotion", "A letter to the best customers brings nothing, though they order.", "Reported as no lift, or in a small company as too small to tell, while all that followed would look profitable."},
	{"campaign-c", "promotion", "Visitors of the fairs order more for six weeks, and choose themselves.", "Over all fairs that can be judged on earlier visitors, the extra order lines are within three standard errors of the planted share."},
	{"campaign-d", "promotion", "The third mail of a month is answered less.", "The loss within customers is within three standard errors of the planted one, and its interval excludes none."},
	{"campaign-placebo", "promotion", "Campaigns that never were bring nothing.", "No lift in at least 95 % of 200 drawn at random among customers."},
	{"price-elasticity", "promotion", "Some customers answer strongly to price, the others weakly.", "Mean elasticity of both within ± 0.3 of the planted, or within three standard errors where there are few quotations."},
	{"price-classes", "promotion", "15 % of customers are transaction customers: price counts.", "AUC of at least 0.75 among customers with 20 quotations or more."},
}
