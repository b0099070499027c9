package canon

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDeclaration(t *testing.T) {
	types := []Type{ID, Text, Integer, Money, Rate, Percent, Double, Date, Timestamp, Boolean, Currency}
	seen := map[string]bool{}
	for _, tab := range Tables() {
		if seen[tab.Name] {
			t.Errorf("%s is declared twice", tab.Name)
		}
		seen[tab.Name] = true
		checkText(t, tab.Name, tab.Meaning)
		for _, k := range tab.Key {
			if _, ok := tab.Column(k); !ok {
				t.Errorf("%s: key %s is no column", tab.Name, k)
			}
		}
		for _, c := range tab.Columns {
			checkText(t, tab.Name+"."+c.Name, c.Meaning)
			if !slices.Contains(types, c.Type) {
				t.Errorf("%s.%s: unknown type %q", tab.Name, c.Name, c.Type)
			}
			checkColumn(t, tab, c)
		}
		checkNames(t, tab)
	}
}

func checkText(t *testing.T, where, meaning string) {
	t.Helper()
	if !strings.HasSuffix(meaning, ".") || strings.ContainsAny(meaning, "\n|") {
		t.Errorf("%s: meaning %q is not one line that ends in a full stop", where, meaning)
	}
}

func checkColumn(t *testing.T, tab Table, c Column) {
	t.Helper()
	where := tab.Name + "." + c.Name
	if c.References != "" {
		to, col, _ := strings.Cut(c.References, ".")
		ref, ok := Lookup(to)
		if !ok {
			t.Errorf("%s references unknown table %s", where, c.References)
		} else if len(ref.Key) != 1 || ref.Key[0] != col {
			t.Errorf("%s references %s, which is not the key of %s", where, c.References, to)
		} else if target, _ := ref.Column(col); target.Type != c.Type {
			t.Errorf("%s is %s but %s is %s", where, c.Type, c.References, target.Type)
		}
	}
	for _, v := range c.Values {
		if v != strings.ToLower(strings.TrimSpace(v)) || v == "" {
			t.Errorf("%s: value %q is not lower case and trimmed", where, v)
		}
	}
	if c.Default != "" && c.Values != nil && !slices.Contains(c.Values, c.Default) {
		t.Errorf("%s: default %q is not accepted", where, c.Default)
	}
	number := slices.Contains([]Type{Integer, Money, Rate, Percent, Double}, c.Type)
	if (c.Min != nil || c.Max != nil) && !number {
		t.Errorf("%s: a range for type %s", where, c.Type)
	}
	if c.Min != nil && c.Max != nil && *c.Min >= *c.Max {
		t.Errorf("%s: empty range", where)
	}
	if c.Required && (c.Numbered || c.Default != "") {
		t.Errorf("%s: required, yet filled in when absent", where)
	}
}

// checkNames: inside a table no two columns answer to one name, and no column
// takes a name that the stage tables use themselves.
func checkNames(t *testing.T, tab Table) {
	t.Helper()
	taken := map[string]string{"source": "the stage table", "row": "the stage table"}
	for _, c := range tab.Columns {
		for _, name := range append([]string{c.Name}, c.Aliases...) {
			if owner, ok := taken[Normal(name)]; ok {
				t.Errorf("%s: %s answers to %q, so does %s", tab.Name, c.Name, name, owner)
			}
			taken[Normal(name)] = c.Name
		}
	}
}

func TestMinimalInput(t *testing.T) {
	got := map[string][]string{}
	for _, tab := range Tables() {
		if !tab.Minimal {
			continue
		}
		for _, c := range tab.Columns {
			if c.Required {
				got[tab.Name] = append(got[tab.Name], c.Name)
			}
		}
	}
	want := map[string][]string{
		"order_header": {"order_id", "order_date"},
		"order_line":   {"order_id", "qty_ordered", "unit_price"},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestCommonColumns(t *testing.T) {
	for _, tab := range Tables() {
		var last []string
		for _, c := range tab.Columns {
			if c.Common() {
				last = append(last, c.Name)
			}
		}
		if d := cmp.Diff([]string{"source_system", "source_id", "updated_at", "is_deleted"}, last); d != "" {
			t.Errorf("%s: %s", tab.Name, d)
		}
	}
}

func TestMatch(t *testing.T) {
	line, _ := Lookup("order_line")
	for name, want := range map[string]string{
		"Quantity": "qty_ordered", "数量": "qty_ordered", "Lineitem quantity": "qty_ordered",
		"StockCode": "title_id", "Unit Price": "unit_price", "单价": "unit_price",
		"InvoiceNo": "order_id", "ｑｔｙ": "qty_ordered", "unit_price_cny": "unit_price",
		"nothing of the kind": "",
	} {
		if c, _ := line.Match(name); c.Name != want {
			t.Errorf("%q means %q, want %q", name, c.Name, want)
		}
	}
}

func TestNearest(t *testing.T) {
	line, _ := Lookup("order_line")
	var columns []string
	for _, c := range line.Columns {
		columns = append(columns, c.Name)
	}
	for name, want := range map[string]string{
		"unit_prise": "unit_price", "qty_orderd": "qty_ordered", "orderid": "order_id",
		"discount": "discount_pct", "oder_id": "order_id",
	} {
		if got := Nearest(name, columns, 3); len(got) == 0 || got[0] != want {
			t.Errorf("nearest to %q: %v, want %q first", name, got, want)
		}
	}
	if got := Nearest("order_lines", Names(), 2); len(got) == 0 || got[0] != "order_line" {
		t.Errorf("nearest to order_lines: %v", got)
	}
	if got := Nearest("zzzzzz", columns, 3); got != nil {
		t.Errorf("nearest to zzzzzz: %v", got)
	}
}
