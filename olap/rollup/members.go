package rollup

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"verso/olap/compile"
	"verso/olap/cube"
	"verso/olap/engine"
)

// grain is a dimension of the rollup in the making.
type grain struct {
	use    *cube.Use
	by     []*cube.Attribute
	beside []*cube.Beside // that are there, with one row per member
	direct bool           // the rollup keeps the dimension's own key
	tells  []*cube.Attribute
}

// tooBad is a reason to skip a rollup.
type tooBad struct{ reason string }

// Error is the reason.
func (e *tooBad) Error() string { return e.reason }

func (b *builder) membersTable(g *grain) string { return "rollup." + b.rollup.Name + "__" + g.use.Name }

func (b *builder) keysTable(g *grain) string { return b.membersTable(g) + "_keys" }

// findGrains lists the dimensions that the rollup is by, in the cube's order.
func (b *builder) findGrains(ctx context.Context) error {
	for _, u := range b.cube.Dimensions {
		g := &grain{use: u}
		for _, name := range b.rollup.By {
			if use, a := b.cube.Field(name); use == u {
				g.by = append(g.by, a)
			}
		}
		if len(g.by) == 0 {
			continue
		}
		b.grains = append(b.grains, g)
		if err := b.lookAt(ctx, g); err != nil {
			return err
		}
	}
	return nil
}

// lookAt finds out what the dimension's tables allow.
func (b *builder) lookAt(ctx context.Context, g *grain) error {
	d := g.use.Of
	if !b.tables[d.Table] {
		return &tooBad{"needs " + d.Table}
	}
	if n, err := b.repeats(ctx, d.Table, d.Key, nil); err != nil || n > 0 {
		return cmpErr(err, &tooBad{fmt.Sprintf("%s repeats %s", d.Table, d.Key)})
	}
	for _, x := range d.Beside {
		if !b.tables[x.Table] {
			continue
		}
		n, err := b.repeats(ctx, x.Table, x.Key, x.Where)
		if err != nil {
			return err
		}
		if n == 0 {
			g.beside = append(g.beside, x)
		}
	}
	for _, a := range g.by {
		if a.In != "" && !slices.ContainsFunc(g.beside, func(x *cube.Beside) bool { return x.Name == a.In }) {
			return &tooBad{fmt.Sprintf("%s.%s is not there, or not once per member", g.use.Name, a.Name)}
		}
		g.direct = g.direct || a.Key == d.Key && a.In == ""
	}
	if g.direct {
		return nil
	}
	s := b.from(g)
	n, err := b.count(ctx, "SELECT count(*) - count(DISTINCT \"combination\") FROM (SELECT row("+strings.Join(g.byColumns(), ", ")+`) AS "combination" `+s.text+")", s.args...)
	g.direct = n == 0
	return err
}

func cmpErr(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

// repeats counts the rows of a table beyond the first of their key.
func (b *builder) repeats(ctx context.Context, table, key string, where map[string]string) (int64, error) {
	sql := "SELECT count(" + quote(key) + ") - count(DISTINCT " + quote(key) + `) FROM ` + quoteTable(table)
	lead := " WHERE "
	var args []any
	for _, column := range slices.Sorted(maps.Keys(where)) {
		sql += lead + quote(column) + " = ?"
		lead = " AND "
		args = append(args, where[column])
	}
	return b.count(ctx, sql, args...)
}

// text is SQL with its args.
type text struct {
	text string
	args []any
}

// from is the known members of the dimension d with the tables beside it.
func (b *builder) from(g *grain) text {
	d := g.use.Of
	out := text{text: "FROM " + quoteTable(d.Table) + " AS d"}
	for _, x := range g.beside {
		alias := quote("beside " + x.Name)
		out.text += " LEFT JOIN " + quoteTable(x.Table) + " AS " + alias + " ON " + alias + "." + quote(x.Key) + " = d." + quote(d.Key)
		for _, column := range slices.Sorted(maps.Keys(x.Where)) {
			out.text += " AND " + alias + "." + quote(column) + " = ?"
			out.args = append(out.args, x.Where[column])
		}
	}
	out.text += " WHERE d." + quote(d.Key) + " <> -1"
	return out
}

// raw is a column of an attribute on the rows of from.
func raw(a *cube.Attribute, column string) string {
	if a.In != "" {
		return quote("beside "+a.In) + "." + quote(column)
	}
	return "d." + quote(column)
}

// byColumns are the columns that tell the combinations of the grain apart. All
// columns of an attribute count, also where its key alone would do: what is
// shown must be found for any choice of facts.
func (g *grain) byColumns() (list []string) {
	for _, a := range g.by {
		for _, c := range columnsOf(a) {
			if sql := raw(a, c); !slices.Contains(list, sql) {
				list = append(list, sql)
			}
		}
	}
	return list
}

// makeMembers makes the member table of a dimension and the table of its keys.
// Members are numbered from 0 in the order in which they are shown; those of a
// date dimension by their first day, so that a time range is one of numbers.
func (b *builder) makeMembers(ctx context.Context, g *grain, members, keys string) error {
	if g.direct {
		return nil
	}
	d, from := g.use.Of, b.from(g)
	columns := strings.Join(g.byColumns(), ", ")
	id := "CAST(dense_rank() OVER (ORDER BY " + strings.Join(g.byColumns(), " NULLS LAST, ") + " NULLS LAST) - 1 AS INTEGER)"
	if d.Date {
		id = "min(d." + quote(d.Key) + ") OVER (PARTITION BY " + columns + ")"
	}
	err := b.exec(ctx, "CREATE OR REPLACE TABLE "+quoteTable(keys)+" AS SELECT d."+quote(d.Key)+` AS "key", `+id+` AS "id" `+from.text+` ORDER BY 1`, from.args...)
	if err != nil {
		return err
	}
	if err := b.findTold(ctx, g, keys); err != nil {
		return err
	}
	var values, nulls []string
	seen := map[string]bool{}
	for _, a := range g.tells {
		for _, c := range columnsOf(a) {
			name := compile.AttributeColumn(a, c)
			if !seen[name] {
				seen[name] = true
				values = append(values, "any_value("+raw(a, c)+") AS "+quote(name))
				nulls = append(nulls, "NULL")
			}
		}
	}
	from = b.from(g)
	return b.exec(ctx, "CREATE OR REPLACE TABLE "+quoteTable(members)+" AS SELECT * FROM (SELECT k.\"id\" AS "+quote(compile.MemberColumn)+", "+strings.Join(values, ", ")+" "+
		strings.Replace(from.text, " WHERE ", " JOIN "+quoteTable(keys)+" AS k ON k.\"key\" = d."+quote(d.Key)+" WHERE ", 1)+
		" GROUP BY k.\"id\" UNION ALL SELECT -1, "+strings.Join(nulls, ", ")+") ORDER BY 1", from.args...)
}

// findTold finds the attributes that have one value for every member of the
// grain: those it is by, and coarser ones.
func (b *builder) findTold(ctx context.Context, g *grain, keys string) error {
	d, from := g.use.Of, b.from(g)
	var candidates []*cube.Attribute
	var outer, inner []string
	for _, a := range d.Attributes {
		there := a.In == "" || slices.ContainsFunc(g.beside, func(x *cube.Beside) bool { return x.Name == a.In })
		if !there || a.Key == d.Key && a.In == "" {
			continue
		}
		var same []string
		for _, c := range columnsOf(a) {
			v := raw(a, c)
			same = append(same, "count("+v+") IN (0, count(*)) AND min("+v+") IS NOT DISTINCT FROM max("+v+")")
		}
		name := quote(a.Name)
		inner = append(inner, strings.Join(same, " AND ")+" AS "+name)
		outer = append(outer, "COALESCE(bool_and("+name+"), TRUE)")
		candidates = append(candidates, a)
	}
	row, err := engine.One(ctx, b.db, engine.SQL("SELECT "+strings.Join(outer, ", ")+" FROM (SELECT "+strings.Join(inner, ", ")+" "+
		strings.Replace(from.text, " WHERE ", " JOIN "+quoteTable(keys)+" AS k ON k.\"key\" = d."+quote(d.Key)+" WHERE ", 1)+" GROUP BY k.\"id\")", from.args...))
	if err != nil {
		return err
	}
	g.tells = nil
	for i, a := range candidates {
		if row[i] == true {
			g.tells = append(g.tells, a)
		}
	}
	return nil
}

// describe is the grain for package compile.
func (b *builder) describe(ctx context.Context, g *grain) (*compile.Grain, error) {
	out := &compile.Grain{Use: g.use.Name}
	if g.direct {
		return out, nil
	}
	out.Members = b.membersTable(g)
	for _, a := range g.tells {
		out.Attributes = append(out.Attributes, a.Name)
	}
	if !g.use.Of.Date {
		return out, nil
	}
	fact, keys := quoteTable(b.cube.Table), quoteTable(b.keysTable(g))
	label := quote(compile.AttributeColumn(g.by[0], g.by[0].Column))
	err := engine.Rows(ctx, b.db, engine.SQL(`SELECT k."id", min(f.`+quote(g.use.Key)+`), max(f.`+quote(g.use.Key)+`), min(CAST(m.`+label+` AS VARCHAR)) FROM `+fact+` AS f JOIN `+keys+
		` AS k ON k."key" = f.`+quote(g.use.Key)+` JOIN `+quoteTable(out.Members)+` AS m ON m.`+quote(compile.MemberColumn)+` = k."id" GROUP BY k."id" ORDER BY k."id"`),
		func(row []any) error {
			s := compile.Span{Label: engine.Text(row[3])}
			s.Key, _ = engine.Int(row[0])
			s.First, _ = engine.Int(row[1])
			s.Last, _ = engine.Int(row[2])
			out.Spans = append(out.Spans, s)
			return nil
		})
	if err != nil {
		return nil, err
	}
	out.Stray, err = b.count(ctx, `SELECT count(*) FROM `+fact+` AS f WHERE f.`+quote(g.use.Key)+` >= 1 AND NOT EXISTS (SELECT 1 FROM `+keys+` AS k WHERE k."key" = f.`+quote(g.use.Key)+`)`)
	return out, err
}

func quote(name string) string { return engine.QuoteIdent(name) }

func quoteTable(table string) string {
	schema, name, _ := strings.Cut(table, ".")
	return quote(schema) + "." + quote(name)
}
