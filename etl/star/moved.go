package star

import (
	"context"
	"slices"
	"strings"

	"verso/olap/engine"
)

// working is a working table that is made whole in every build and is small
// enough to be compared with that of the last one, which meta keeps: the keys
// whose rows are different become due.moved_<name>. Of what makes these rows,
// no rule can be forgotten.
type working struct {
	name string // star_<name> now, meta.star_<name> in the last build
	key  string // the column that tells what is due
}

// moneyWorking are the working tables that facts of money are made of.
func moneyWorking() []working {
	return []working{
		{"invoice", "invoice_id"},
		{"paid", "invoice_key"},
		{"payment", "payment_id"},
		{"allocation", "payment_id"},
		{"supplier_invoice", "inv_id"},
		{"supplier_paid", "invoice_key"},
		{"supplier_payment", "pay_id"},
	}
}

// compareMoney finds what facts of money now take that is something else than in
// the last build.
func compareMoney(ctx context.Context, b *builder) error {
	if err := increments("money/moved")(ctx, b); err != nil {
		return err
	}
	for _, w := range moneyWorking() {
		if err := w.compare(ctx, b); err != nil {
			return err
		}
	}
	return nil
}

// compare makes due.moved_<name> in an increment, and keeps the table for the next.
func (w working) compare(ctx context.Context, b *builder) error {
	described, _, err := b.columns(ctx, "main.star_"+w.name)
	if err != nil {
		return err
	}
	before, _, err := b.columns(ctx, "meta.star_"+w.name)
	if err != nil {
		return err
	}
	names := make([]string, len(described))
	for i, c := range described {
		names[i] = engine.QuoteIdent(c.name)
	}
	now := "SELECT " + strings.Join(names, ", ") + " FROM star_" + w.name
	was := "SELECT " + strings.Join(names, ", ") + " FROM meta.star_" + w.name
	var text string
	if b.whole == "" {
		differ := now
		if slices.Equal(described, before) {
			differ = "(" + now + " EXCEPT ALL " + was + ")\nUNION ALL\n(" + was + " EXCEPT ALL " + now + ")"
		}
		text = "CREATE OR REPLACE TABLE due.moved_" + w.name + " AS SELECT DISTINCT " + engine.QuoteIdent(w.key) + " FROM (\n" + differ + ") AS d;\n"
	}
	_, err = b.conn.Exec(ctx, engine.SQL(text+"CREATE OR REPLACE TABLE meta.star_"+w.name+" AS "+now+" ORDER BY "+engine.QuoteIdent(w.key)))
	return err
}
