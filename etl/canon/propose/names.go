package propose

import (
	"slices"
	"strings"
	"unicode"

	"verso/etl/canon"
)

// usual are the names that tables of operational systems usually have, by
// canonical table, in the singular.
func usual() map[string][]string {
	return map[string][]string{
		"customer":           {"client", "party", "partner", "societe", "kunde", "buyer", "debtor", "客户"},
		"customer_contact":   {"contact", "contact person", "ansprechpartner", "联系人"},
		"title":              {"product", "book", "item", "article", "artikel", "sku", "publication", "图书", "书目", "商品"},
		"title_contributor":  {"book author", "product author", "contributor"},
		"title_subject":      {"subject", "book subject", "product category map"},
		"order_header":       {"order", "sale", "sales order", "customer order", "cust order", "commande", "bestellung", "auftrag", "订单"},
		"order_line":         {"order detail", "order item", "order product", "line item", "sale line", "sales order line", "sales order item", "sales", "transaction", "online retail", "订单明细"},
		"supplier":           {"vendor", "publisher", "bookseller", "lieferant", "fournisseur", "供应商", "出版社"},
		"purchase_order":     {"purchase", "supplier order", "采购单"},
		"purchase_line":      {"purchase order line", "purchase item", "purchase detail", "采购明细"},
		"employee":           {"staff", "salesperson", "sales rep", "user", "mitarbeiter", "员工"},
		"invoice":            {"bill", "facture", "rechnung", "发票"},
		"invoice_line":       {"invoice detail", "invoice item", "bill line"},
		"payment":            {"receipt", "zahlung", "paiement", "收款"},
		"campaign":           {"promotion", "kampagne", "活动"},
		"opportunity":        {"deal", "pipeline", "sales opportunity", "sale opportunity", "商机"},
		"lead":               {"prospect", "线索"},
		"ticket":             {"case", "complaint", "issue", "helpdesk ticket", "sale complaint", "工单", "投诉"},
		"activity":           {"visit", "call", "meeting", "event"},
		"fx_rate":            {"exchange rate", "currency rate", "汇率"},
		"return_line":        {"return", "refund", "order return", "退货"},
		"inventory_snapshot": {"stock", "inventory", "库存"},
		"expense":            {"cost", "spending", "费用"},
		"quote":              {"quotation", "offer", "报价"},
		"contract":           {"agreement", "合同"},
	}
}

// words takes a name apart into lower-case words, plural endings cut off.
func words(name string) []string {
	var all []string
	var word []rune
	flush := func() {
		if len(word) > 0 {
			all = append(all, singular(strings.ToLower(string(word))))
			word = nil
		}
	}
	var before rune
	for _, r := range name {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			flush()
		case unicode.IsUpper(r) && unicode.IsLower(before):
			flush()
			word = append(word, r)
		default:
			word = append(word, r)
		}
		before = r
	}
	flush()
	return all
}

// singular cuts the usual English plural off a word.
func singular(w string) string {
	switch {
	case len(w) > 4 && strings.HasSuffix(w, "ies"):
		return w[:len(w)-3] + "y"
	case len(w) > 3 && strings.HasSuffix(w, "s") && !strings.HasSuffix(w, "ss") && !strings.HasSuffix(w, "us") && !strings.HasSuffix(w, "sales"):
		return w[:len(w)-1]
	}
	return w
}

// joined is a name as names of tables are compared: words in the singular, one
// that is said twice once (sale_sale).
func joined(name string) string { return canon.Normal(strings.Join(slices.Compact(words(name)), "")) }

// likeTable scores from 0 to 1 how well the name of a table speaks for a
// canonical one, and the name it was recognised by. Words before the name, such
// as a prefix of the installation, cost little.
func likeTable(t canon.Table, name string) (float64, string) {
	best, by := 0.0, ""
	for i, n := range append([]string{t.Name}, usual()[t.Name]...) {
		score := 0.0
		want, have := joined(n), joined(name)
		switch {
		case want == have && i == 0:
			score = 1
		case want == have:
			score = 0.95
		case len([]rune(want)) >= 4 && strings.HasSuffix(have, want) && wordEnd(name, n):
			score = 0.6
			if detail(name, n) || len(words(name)) > len(words(n))+2 {
				score = 0.25
			}
		}
		if score > best {
			best, by = score, n
		}
	}
	return best, by
}

// detail reports whether the words before n name another thing: the suppliers of
// products are no suppliers.
func detail(name, n string) bool {
	all := words(name)
	for _, w := range all[:len(all)-len(words(n))] {
		if w == singular(strings.ToLower(n)) {
			continue // product_product: what is sold of a product
		}
		switch w {
		case "product", "book", "title", "customer", "invoice", "line", "employee", "bank", "payment", "move":
			return true
		}
	}
	return false
}

// wordEnd reports whether the last words of a name are those of n.
func wordEnd(name, n string) bool {
	have, want := words(name), words(n)
	if len(have) < len(want) {
		return false
	}
	for i := range want {
		if have[len(have)-len(want)+i] != want[i] {
			return false
		}
	}
	return true
}

// likeColumn scores how well the name of a column speaks for a canonical one.
// The name of its own table at the beginning does not count: product_name of
// products is name.
func likeColumn(t canon.Table, c canon.Column, table, column string) (float64, string) {
	have := canon.Normal(column)
	short := ""
	own := words(table)
	w := words(column)
	for n := len(own); n > 0 && short == ""; n-- {
		if len(w) > n && strings.Join(w[:n], " ") == strings.Join(own[len(own)-n:], " ") {
			short = strings.Join(w[n:], "")
		}
	}
	names := append([]string{c.Name}, c.Aliases...)
	best, by := 0.0, ""
	for i, n := range names {
		want := canon.Normal(n)
		score := 0.0
		switch {
		case want == have:
			score = 1 - 0.05*float64(min(i, 1))
		case short != "" && want == canon.Normal(short):
			score = 0.88
		case len([]rune(want)) >= 4 && wordEnd(column, n) && len(words(n)) > 1:
			score = 0.7
		case len([]rune(want)) >= 4 && wordEnd(column, n):
			score = 0.45
		case len([]rune(want)) >= 4 && len([]rune(have)) >= 4 && close(want, have):
			score = 0.6
		}
		if score > best {
			best, by = score, n
		}
	}
	return best, by
}

// close reports whether a name is another one with a slip of the pen.
func close(a, b string) bool {
	return canon.Nearest(a, []string{b}, 1) != nil && abs(len(a)-len(b)) <= 2
}

func abs(n int) int { return max(n, -n) }
