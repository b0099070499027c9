package preset

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
)

// flat is what the template of flat-orders is filled with. The fields after IDs
// are SQL expressions over one row of the extract, "" where the file has nothing.
type flat struct {
	Inputs
	File
	Guess       Guess
	Notes       []string
	CurrencyWhy string
	IDs, IDsWhy string

	Order, OrderDate, Date   string
	CustomerID, CustomerName string
	TitleID, TitleName       string
	ISBN                     bool
	Country, Ccy, Status     string
	Quantity                 string
	UnitPrice, PriceWhy      string
	DiscountPct, DiscountWhy string

	columns map[string]Column
}

// Has reports whether a column was found for a role.
func (f *flat) Has(role string) bool { return f.Guess.Column(Role(role)) != "" }

// Pad lines up the comment after ids.
func (f *flat) Pad() int { return 13 - len(f.IDs) }

// flatOrders renders the configuration of one file of sales lines.
func flatOrders(in Inputs) ([]byte, Report, error) {
	if len(in.Files) != 1 {
		return nil, Report{}, fmt.Errorf("flat-orders reads one file, %d were given; name it with --file", len(in.Files))
	}
	f := &flat{Inputs: in, File: in.Files[0], columns: map[string]Column{}}
	for _, c := range f.Columns {
		f.columns[c.Name] = c
	}
	guess, err := GuessFlat(f.Columns, in.Map)
	if err != nil {
		return nil, Report{Guess: &guess}, fmt.Errorf("%s: %w", f.Path, err)
	}
	f.Guess, f.Notes = guess, guess.Notes
	if f.Source == "" {
		f.Source = sourceName(f.Path)
	}
	f.parties()
	f.order()
	f.money()
	f.currency()
	f.ids()
	f.Guess.Notes = f.Notes
	text, err := fill("flat-orders.yaml.tmpl", f)
	report := Report{Guess: &f.Guess, Tables: []string{"order_header", "order_line"}, Notes: f.Notes}
	if f.CustomerID != "" {
		report.Tables = append(report.Tables, "customer")
	}
	if f.TitleID != "" {
		report.Tables = append(report.Tables, "title")
	}
	return text, report, err
}

var notInName = regexp.MustCompile(`[^A-Za-z0-9_]+`)

// sourceName makes the name of a source from a file's path, "orders" when
// nothing of it can be used.
func sourceName(path string) string {
	name, _, _ := strings.Cut(filepath.Base(filepath.FromSlash(path)), ".")
	name = strings.Trim(notInName.ReplaceAllString(name, "_"), "_")
	if name == "" || name[0] >= '0' && name[0] <= '9' || len(name) > 60 {
		return "orders"
	}
	return strings.ToLower(name)
}

// text is a column as trimmed text, null when empty.
func (f *flat) text(column string) string {
	x := ident(column)
	if t := strings.ToUpper(f.columns[column].Type); t != "" && t != "VARCHAR" {
		x = "CAST(" + x + " AS VARCHAR)"
	}
	return "nullif(trim(" + x + "), '')"
}

// code is text; numbers that were exported as decimals lose their .0.
func (f *flat) code(column string) string {
	if column == "" {
		return ""
	}
	if allMatch(f.columns[column], pointZero) {
		f.Notes = append(f.Notes, fmt.Sprintf("every %s ends in .0, which is taken off", column))
		return `regexp_replace(` + f.text(column) + `, '\.0$', '')`
	}
	return f.text(column)
}

// number is a column as DECIMAL, null where it is no number.
func (f *flat) number(column string, scale int) string {
	x := f.text(column)
	if f.Guess.Decimal == "," {
		x = "replace(replace(replace(" + x + ", '.', ''), ' ', ''), ',', '.')"
	} else {
		x = "replace(" + x + ", ',', '')"
	}
	return fmt.Sprintf("TRY_CAST(%s AS DECIMAL(18,%d))", x, scale)
}

// parties sets customer and product.
func (f *flat) parties() {
	g := f.Guess
	id, name := g.Column(Customer), g.Column(CustomerName)
	f.CustomerID = f.code(id)
	if name != "" {
		f.CustomerName = f.text(name)
		if id == "" {
			f.CustomerID = f.CustomerName
			f.note("customers have no number: their names tell them apart")
		}
	}
	id, name = g.Column(Product), g.Column(ProductName)
	f.TitleID, f.TitleName = f.code(id), "CAST(NULL AS VARCHAR)"
	f.ISBN = id != "" && (strings.Contains(strings.ToLower(id), "isbn") || allMatch(f.columns[id], isbn13))
	if name != "" {
		f.TitleName = f.text(name)
		if id == "" {
			f.TitleID = f.TitleName
			f.note("products have no code: their names tell them apart")
		}
	}
}

var isbn13 = regexp.MustCompile(`^97[89][- 0-9]{10,14}$`)

func (f *flat) note(s string) { f.Notes = append(f.Notes, s) }

var (
	plainNo    = regexp.MustCompile(`^[Cc]?\d+$`)
	withOffset = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}.*(Z|[-+]\d{2}:?\d{2})$`)
)

// order sets what belongs to the whole order.
func (f *flat) order() {
	g := f.Guess
	date := g.Column(Date)
	f.Date, f.OrderDate = f.text(date), `min_by("order_date", _row)`
	t := strings.ToUpper(f.columns[date].Type)
	switch {
	case strings.HasPrefix(t, "DATE"), strings.HasPrefix(t, "TIMESTAMP"):
		f.Date, f.OrderDate = ident(date), `min("order_date")`
	case allMatch(f.columns[date], withOffset):
		f.Date, f.OrderDate = "left("+f.Date+", 19)", `min("order_date")`
		f.note("dates are taken in the local time they are written in")
	case allMatch(f.columns[date], isoDate):
		f.OrderDate = `min("order_date")`
	}
	f.Order = "_row + 1"
	if no := g.Column(Order); no != "" {
		f.Order = f.code(no)
		if allMatch(f.columns[no], plainNo) {
			f.Status = "CASE WHEN upper(left(" + f.Order + ", 1)) = 'C' THEN 'cancelled' END"
		}
	}
	if s := g.Column(Status); s != "" {
		f.Status = f.text(s)
	}
	if c := g.Column(Country); c != "" {
		f.Country = f.text(c)
	}
	if c := g.Column(CurrencyCode); c != "" {
		f.Ccy = "upper(" + f.text(c) + ")"
	}
}

// money sets quantity, price and discount.
func (f *flat) money() {
	g := f.Guess
	f.Quantity = ident(g.Column(Quantity))
	gross := ""
	if price := g.Column(Price); price != "" {
		f.UnitPrice = ident(price)
		gross = f.number(price, 4) + " * " + f.number(g.Column(Quantity), 4)
	} else {
		amount := f.number(g.Column(Amount), 4)
		f.UnitPrice = "TRY_CAST(CAST(" + amount + " AS DOUBLE) / nullif(" + f.number(g.Column(Quantity), 4) + ", 0) AS DECIMAL(18,4))"
		f.PriceWhy = "the amount divided by the quantity, to four decimals"
		f.note("there is no price: it is the amount divided by the quantity, to four decimals, so an amount can be off by that much a copy")
	}
	if d := g.Column(Discount); d != "" {
		f.discount(d, gross)
	}
}

// discount sets the discount in per cent. One that cannot be read becomes -1,
// which is out of range, so that the line is quarantined rather than sold at
// full price.
func (f *flat) discount(d, gross string) {
	if gross == "" {
		f.note(d + " is left out: the amount is taken to be after discount")
		return
	}
	n := f.number(d, 6)
	percent := ""
	switch discountKind(f.columns[d]) {
	case "percent":
		f.DiscountPct, f.DiscountWhy = ident(d), "per cent, as it stands"
		return
	case "fraction":
		percent, f.DiscountWhy = n+" * 100", "a fraction: 0.15 is 15 per cent"
	case "factor":
		percent, f.DiscountWhy = "(1 - "+n+") * 100", "the share still paid: 0.85 is 15 per cent off"
		f.note(d + " is taken as the share still paid: 0.85 is 15 per cent off")
	default:
		percent = "round(100 * CAST(abs(" + n + ") AS DOUBLE) / nullif(abs(" + gross + "), 0), 4)"
		f.DiscountWhy = "an amount off the line, as per cent of it"
		f.note(d + " is taken as an amount off the line")
	}
	f.DiscountWhy += "; -1: unreadable, so refused"
	f.DiscountPct = "CASE WHEN " + n + " IS NULL AND " + f.text(d) + " IS NOT NULL THEN -1 ELSE " + percent + " END"
}

// discountKind tells what the numbers of a discount column are: percent,
// fraction, factor (the share still paid, the Chinese 折扣), or amount.
func discountKind(c Column) string {
	p := look(c)
	name := strings.ToLower(c.Name)
	has := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(name, w) {
				return true
			}
		}
		return false
	}
	fractions := p.high <= 1 && p.integers < 1
	switch {
	case has("amount", "额", "lineitem", "优惠"):
		return "amount"
	case has("折扣") && fractions && p.low >= 0.3:
		return "factor"
	case fractions:
		return "fraction"
	case has("pct", "percent", "%", "率", "rate") || p.high <= 100:
		return "percent"
	}
	return "amount"
}

// currency sets the report currency: as given, else the one the file shows.
func (f *flat) currency() {
	if f.Currency != "" {
		f.CurrencyWhy = "every report is in this currency"
		return
	}
	f.Currency, f.CurrencyWhy = "CNY", "the file does not say: change it if prices are in another currency"
	c := f.Guess.Column(CurrencyCode)
	if c == "" {
		f.note("the file names no currency: CNY is assumed")
		return
	}
	count, best := map[string]int{}, ""
	for _, s := range f.columns[c].Samples {
		s = strings.ToUpper(strings.TrimSpace(s))
		if !threeLetter.MatchString(s) {
			continue
		}
		count[s]++
		if best == "" || count[s] > count[best] {
			best = s
		}
	}
	if best != "" {
		f.Currency, f.CurrencyWhy = best, "the most frequent in "+c
	}
	if len(count) > 1 {
		f.note("there are several currencies: map fx_rate too, or lines in the others are quarantined")
	}
}

// ids decides the type of ids: integer when every sample of every id can be
// one and stays as it is written.
func (f *flat) ids() {
	f.IDs, f.IDsWhy = "integer", "every number sampled is a whole number; text takes any code"
	g := f.Guess
	if f.CustomerID != "" && g.Column(Customer) == "" || f.TitleID != "" && g.Column(Product) == "" {
		f.IDs, f.IDsWhy = "text", "names serve as ids"
		return
	}
	for _, r := range []Role{Order, Customer, Product} {
		c, ok := f.columns[g.Column(r)]
		if !ok || integerKeys(c) || allMatch(c, pointZero) {
			continue
		}
		f.IDs, f.IDsWhy = "text", "there are codes that are no whole numbers, such as in "+c.Name
		return
	}
}
