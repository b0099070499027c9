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
	name string   // star_<name> now, meta.star_<name> in the last build
	keys []string // the columns that tell what is due; never null
	many bool     // several rows may have one key, and be the same
}

// moneyWorking are the working tables that facts of money are made of.
func moneyWorking() []working {
	return []working{
		{name: "invoice", keys: []string{"invoice_id"}},
		{name: "paid", keys: []string{"invoice_key"}},
		{name: "payment", keys: []string{"payment_id"}},
		{name: "allocation", keys: []string{"payment_id"}, many: true},
		{name: "supplier_invoice", keys: []string{"inv_id"}},
		{name: "supplier_paid", keys: []string{"invoice_key"}},
		{name: "supplier_payment", keys: []string{"pay_id"}},
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
	described, _, err := engine.Describe(ctx, b.conn, "star_"+w.name)
	if err != nil {
		return err
	}
	before, _, err := engine.Describe(ctx, b.conn, "meta.star_"+w.name)
	if err != nil {
		return err
	}
	names := make([]string, len(described))
	for i, c := range described {
		names[i] = engine.QuoteIdent(c.Name)
	}
	kept, moved, key := "meta.star_"+w.name, "due.moved_"+w.name, strings.Join(quoted(w.keys), ", ")
	now := "SELECT " + strings.Join(names, ", ") + " FROM star_" + w.name
	order := " ORDER BY " + key + ", " + strings.Join(names, ", ") // several rows may share the key
	text := "CREATE OR REPLACE TABLE " + kept + " AS " + now + order
	defer b.instead(text)()
	switch {
	case b.whole != "":
	case slices.Equal(described, before):
		is := " WHERE " + same(w.keys, "star_"+w.name, "k")
		text = "CREATE OR REPLACE TABLE " + moved + " AS " + w.differing(names) + ";\n" +
			"DELETE FROM " + kept + " USING " + moved + " AS k" + is + ";\n" +
			"INSERT INTO " + kept + " " + now + " WHERE EXISTS (SELECT 1 FROM " + moved + " AS k" + is + ")" + order
	default:
		text = "CREATE OR REPLACE TABLE " + moved + " AS SELECT DISTINCT " + key + " FROM (" + now + ") AS d;\n" + text
	}
	_, err = b.conn.Exec(ctx, engine.SQL(text))
	return err
}

// same is the condition that rows of two tables have the same keys.
func same(keys []string, one, other string) string {
	is := make([]string, len(keys))
	for i, k := range quoted(keys) {
		is[i] = one + "." + k + " = " + other + "." + k
	}
	return strings.Join(is, " AND ")
}

// differing selects the keys whose rows are not those of the last build.
func (w working) differing(columns []string) string {
	key, names := strings.Join(quoted(w.keys), ", "), strings.Join(columns, ", ")
	now, was := "star_"+w.name, "meta.star_"+w.name
	if w.many {
		return "SELECT DISTINCT " + key + " FROM (SELECT " + names + " FROM (SELECT 1 AS side, " + names + " FROM " + now + "\nUNION ALL\nSELECT -1, " + names + " FROM " + was +
			") AS sides GROUP BY " + names + " HAVING sum(side) <> 0) AS d"
	}
	differ, either := make([]string, len(columns)), make([]string, len(w.keys))
	for i, c := range columns {
		differ[i] = "o." + c + " IS DISTINCT FROM n." + c
	}
	for i, k := range quoted(w.keys) {
		either[i] = "coalesce(n." + k + ", o." + k + ") AS " + k
	}
	return "SELECT " + strings.Join(either, ", ") + " FROM " + now + " AS n FULL JOIN " + was + " AS o ON " + same(w.keys, "o", "n") +
		" WHERE " + strings.Join(differ, " OR ")
}
