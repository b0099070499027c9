package star

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"verso/olap/engine"
)

// fact is a table of facts of which an increment makes only the due rows anew.
// Register one in the steps of its group, in the place of its plain steps:
//
//	fact{
//		name: "fact_x", table: "core.fact_x", date: "date_key",
//		parts: []part{{driver: "ticket", keys: []string{"ticket_id"}, due: "fact_x"}},
//		reads: []string{"ticket_event"},
//	}.step(),
//
// Its script sql/<name>.sql has one statement that begins, on a line of its
// own, with "CREATE OR REPLACE TABLE <table> AS", and reads each driver as
// due.<driver>. The script sql/due/<due>.sql is one SELECT of the keys of the
// driver whose rows are to be made anew, named as keys: those of
// due.changed_<driver>, and those that see anything in another table that has
// changed (due.changed_<table> of every table of reads) or moved (due.moved_…,
// see moved.sql: what facts take of dimensions and orders).
type fact struct {
	name    string // of its script, and after the last slash of the step
	table   string
	date    string   // its day's key column, which tells rollups what has changed; "" for none
	parts   []part   // what its rows are made of
	reads   []string // other staged tables whose due.changed_… its due scripts read
	shared  []string // scripts that prepare working tables for it which do not depend on what is due
	before  []string // scripts that prepare working tables of what is due
	spanned []string // scripts that prepare those of a span of days, where before knows nothing of due; nil: before
	some    []string // scripts that prepare those of the due rows, where before knows nothing of due; nil: before
	aging   []string // scripts that set, in an increment, what rows that are not due take of the as-of date
	after   []string // scripts that quarantine what cannot be in it: DELETE FROM quarantine.<driver> WHERE, then INSERT
	tells   string   // its column whose values in rows that came, went or changed are put into due.moved_<name>; "" for none
	end     string   // which of the rows made anew stand behind the others anyway; "": none
	asOf    bool     // depends on the as-of date: made whole when that has moved
	aged    bool     // the rows of what is open are of the as-of date: made anew every night, and put behind the others ten times as often
	// Nobody scans it by day: it is never made whole for the order of its rows.
	unsorted bool
}

// part is the rows of a fact that come of one staged table.
type part struct {
	driver  string              // the staged table that gives the grain; "": the fact itself, of which keys are columns
	keys    []string            // columns of the driver that identify what is made anew; never null
	columns []string            // the same columns of the fact; nil: named as keys
	where   string              // which rows of the fact are of this part; "" for all
	of      string              // which rows of the fact, as f, are due; "" where its columns are the keys
	due     string              // the script below sql/due
	along   map[string][]string // other staged tables the scripts read as due.<table>, and which of their columns are the keys
	// sliced selects the keys of all rows of the driver and the day by which the fact
	// is in order first: a large one is made a span of days at a time; "": at once.
	sliced string
}

// step is the fact as a step of the build.
func (f fact) step() step { return step{path.Base(f.name), f.table, f.run} }

// run makes the fact: whole where the build is, or where more is due than is
// worth telling apart, else the due rows.
func (f fact) run(ctx context.Context, b *builder) error {
	end, err := b.insteadOf(f.scripts()...)
	if err != nil {
		return err
	}
	defer end()
	if err := f.tellNothing(ctx, b); err != nil {
		return err
	}
	due, reason, err := f.findDue(ctx, b)
	if err != nil {
		return err
	}
	appended := int64(0)
	if reason == "" {
		if appended, reason, err = f.increment(ctx, b, due); err != nil {
			return err
		}
	}
	mode := "some"
	if reason != "" {
		mode = "all"
		if err := f.whole(ctx, b); err != nil {
			return err
		}
	}
	if f.aging != nil && due == 0 && b.before.asOf != b.options.AsOf.Format(isoDay) {
		due = 1 // rows have aged: nobody may take the table to be as it was
	}
	_, err = b.conn.Exec(ctx, engine.SQL("INSERT INTO meta.star_build SELECT ?, ?, CAST(? AS BIGINT), CAST(? AS BIGINT), nullif(?, ''), CAST(? AS BOOLEAN)",
		f.table, mode, due, appended, reason, f.date != ""))
	return err
}

// scripts make the fact whole.
func (f fact) scripts() []string {
	return slices.Concat(f.shared, f.before, []string{f.name}, f.after)
}

// whole makes all rows of the fact.
func (f fact) whole(ctx context.Context, b *builder) error {
	if f.tells == "" || b.whole != "" {
		return f.makeAll(ctx, b)
	}
	if _, err := b.conn.Exec(ctx, engine.SQL("CREATE OR REPLACE TEMP TABLE star_unmade AS SELECT f.* FROM "+f.table+" AS f")); err != nil {
		return err
	}
	if err := f.makeAll(ctx, b); err != nil {
		return err
	}
	const now, was = "SELECT n.* FROM %[1]s AS n", "SELECT o.* FROM star_unmade AS o"
	_, err := b.conn.Exec(ctx, engine.SQL(fmt.Sprintf("INSERT INTO %[2]s SELECT DISTINCT %[3]s FROM (("+now+" EXCEPT ALL "+was+")\nUNION ALL\n("+was+" EXCEPT ALL "+now+")) AS d WHERE %[3]s IS NOT NULL;\nDROP TABLE star_unmade",
		f.table, f.told(), engine.QuoteIdent(f.tells))))
	return err
}

// told is the table that tells what rows of the fact have changed.
func (f fact) told() string { return "due." + engine.QuoteIdent("moved_"+path.Base(f.name)) }

// tellNothing makes that table in an increment, without rows.
func (f fact) tellNothing(ctx context.Context, b *builder) error {
	if f.tells == "" || b.whole != "" {
		return nil
	}
	_, err := b.conn.Exec(ctx, engine.SQL("CREATE OR REPLACE TABLE "+f.told()+" AS SELECT f."+engine.QuoteIdent(f.tells)+" FROM "+f.table+" AS f WHERE false"))
	return err
}

// findDue makes the tables due.key_<due> of the parts and counts their rows. A
// reason says why the fact is to be made whole instead.
func (f fact) findDue(ctx context.Context, b *builder) (due int64, reason string, err error) {
	if b.whole != "" {
		return 0, b.whole, nil
	}
	for _, p := range f.parts {
		n, all, why, err := f.findKeys(ctx, b, p)
		if err != nil {
			return 0, "", err
		}
		due += n
		if why == "" && float64(n) > b.options.DueShare*float64(all) && n > 0 {
			why = fmt.Sprintf("%d of %d rows of %s are due", n, all, cmp.Or(p.driver, f.table))
		}
		if reason == "" {
			reason = why
		}
	}
	if reason != "" {
		return due, reason, nil
	}
	switch before, ok, err := engine.Describe(ctx, b.conn, f.table); {
	case err != nil || !ok || len(before) == 0:
		return due, f.table + " is not there yet", err
	case f.asOf && b.before.asOf != b.options.AsOf.Format(isoDay):
		return due, "the as-of date has moved", nil
	}
	return due, "", nil
}

// findKeys makes the table of the keys of one part that are due, all of them
// with a reason when that cannot be told.
func (f fact) findKeys(ctx context.Context, b *builder, p part) (due, all int64, reason string, err error) {
	driver, read := "stage."+engine.QuoteIdent(p.driver), append([]string{p.driver}, f.reads...)
	if p.driver == "" {
		driver, read = f.table, nil
	}
	query, err := b.read("due/" + p.due)
	if err != nil {
		return 0, 0, "", err
	}
	if t := b.replaced(read); t != "" {
		reason = "stage." + t + " was replaced as a whole"
		keys := strings.Join(quoted(p.keys), ", ")
		query = "SELECT " + keys + " FROM " + driver + "\nUNION\nSELECT " + keys + " FROM due." + engine.QuoteIdent("changed_"+p.driver)
	}
	if _, err := b.conn.Exec(ctx, engine.SQL("CREATE OR REPLACE TABLE "+p.table()+" AS\n"+query)); err != nil {
		return 0, 0, "", err
	}
	row, err := engine.One(ctx, b.conn, engine.SQL("SELECT (SELECT count(*) FROM "+p.table()+"), (SELECT count(*) FROM "+driver+")"))
	if err != nil {
		return 0, 0, "", err
	}
	due, _ = engine.Int(row[0])
	all, _ = engine.Int(row[1])
	return due, all, reason, nil
}

// table holds the keys of the part that are due.
func (p part) table() string { return "due." + engine.QuoteIdent("key_"+p.due) }

// match is the condition that a row of alias has a due key in columns.
func (p part) match(alias string, columns []string) string {
	var same []string
	for i, k := range p.keys {
		same = append(same, "k."+engine.QuoteIdent(k)+" = "+alias+"."+engine.QuoteIdent(columns[i]))
	}
	return "EXISTS (SELECT 1 FROM " + p.table() + " AS k WHERE " + strings.Join(same, " AND ") + ")"
}

// ofFact is the condition that a row of the fact is due.
func (p part) ofFact(alias string) string {
	if p.of != "" {
		return p.of
	}
	columns := p.columns
	if columns == nil {
		columns = p.keys
	}
	match := p.match(alias, columns)
	if p.where != "" {
		match = "(" + p.where + ") AND " + match
	}
	return match
}

// views restricts due.<table> to what is due, of the driver and of what goes
// along.
func (p part) views() map[string]string {
	views := map[string]string{}
	if p.driver != "" {
		views[p.driver] = p.match("s", p.keys)
	}
	for t, columns := range p.along {
		views[t] = p.match("s", columns)
	}
	return views
}

func quoted(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = engine.QuoteIdent(n)
	}
	return out
}

const (
	made      = "star_made"      // the rows of a fact made anew
	differing = "star_differing" // where they and those before differ
)

// increment makes the due rows anew and puts them in the place of the old ones.
// It returns how many rows were put behind the others since the fact was whole.
func (f fact) increment(ctx context.Context, b *builder, due int64) (appended int64, reason string, err error) {
	if appended, err = b.appended(ctx, f.table); err != nil || due == 0 && f.aging == nil {
		return appended, "", err
	}
	if err := f.narrow(ctx, b); err != nil {
		return 0, "", err
	}
	if reason, err = f.makeDue(ctx, b); err == nil && reason == "" {
		appended, reason, err = f.put(ctx, b, appended)
	}
	if err == nil && reason == "" {
		err = b.run(ctx, f.aging)
	}
	if err == nil && reason == "" {
		err = f.setAside(ctx, b)
	}
	if err != nil {
		return 0, "", err
	}
	if err := f.widen(ctx, b); err != nil {
		return 0, "", err
	}
	_, err = b.conn.Exec(ctx, engine.SQL("DROP TABLE IF EXISTS "+made+"; DROP TABLE IF EXISTS "+differing))
	return appended, reason, err
}

// makeDue fills star_made by the fact's own script.
func (f fact) makeDue(ctx context.Context, b *builder) (reason string, err error) {
	before := f.some
	if before == nil {
		before = f.before
	}
	if err := b.run(ctx, slices.Concat(f.shared, before)); err != nil {
		return "", err
	}
	if err := f.makeInto(ctx, b, "CREATE OR REPLACE TEMP TABLE "+made+" AS\n"); err != nil {
		return "", err
	}
	was, _, err := engine.Describe(ctx, b.conn, f.table)
	if err != nil {
		return "", err
	}
	now, _, err := engine.Describe(ctx, b.conn, made)
	if err == nil && !slices.Equal(was, now) {
		reason = "its columns have changed"
	}
	return reason, err
}

// put takes the due rows that are not made again out of the fact and puts those
// in that were not there, in the order they were made; it records their days.
// Rows made as they were stay where they are.
func (f fact) put(ctx context.Context, b *builder, appended int64) (int64, string, error) {
	described, _, err := engine.Describe(ctx, b.conn, f.table)
	if err != nil {
		return 0, "", err
	}
	var names []string
	for _, c := range described {
		names = append(names, engine.QuoteIdent(c.Name))
	}
	columns := strings.Join(names, ", ")
	if _, err := b.conn.Exec(ctx, engine.SQL(f.differing(columns))); err != nil {
		return 0, "", err
	}
	row, err := engine.One(ctx, b.conn, engine.SQL("SELECT (SELECT count(*) FROM "+made+" AS m WHERE m.rowid IN (SELECT place FROM "+differing+" WHERE place >= 0) AND NOT ("+cmp.Or(f.end, "false")+")), (SELECT count(*) FROM "+f.table+")"))
	if err != nil {
		return 0, "", err
	}
	added, _ := engine.Int(row[0])
	rows, _ := engine.Int(row[1])
	most := b.options.AppendedShare * float64(rows)
	if f.aged {
		most *= 10
	}
	if appended += added; float64(appended) > most && rows > 0 && !f.unsorted {
		return 0, fmt.Sprintf("%d of %d rows would be out of order", appended, rows), nil
	}
	if f.date != "" {
		_, err = b.conn.Exec(ctx, engine.SQL("INSERT INTO meta.star_day SELECT DISTINCT "+engine.QuoteText(f.table)+", day FROM "+differing+" ORDER BY day"))
		if err != nil {
			return 0, "", err
		}
	}
	if f.tells != "" {
		told := engine.QuoteIdent(f.tells)
		_, err = b.conn.Exec(ctx, engine.SQL("INSERT INTO "+f.told()+"\nSELECT m."+told+" FROM "+made+" AS m WHERE m.rowid IN (SELECT place FROM "+differing+" WHERE place >= 0) AND m."+told+" IS NOT NULL\nUNION\n"+
			"SELECT f."+told+" FROM "+f.table+" AS f WHERE f.rowid IN (SELECT -1 - place FROM "+differing+" WHERE place < 0) AND f."+told+" IS NOT NULL"))
		if err != nil {
			return 0, "", err
		}
	}
	_, err = b.conn.Exec(ctx, engine.SQL("DELETE FROM "+f.table+" WHERE rowid IN (SELECT -1 - place FROM "+differing+" WHERE place < 0);\n"+
		"INSERT INTO "+f.table+" ("+columns+") SELECT "+columns+" FROM "+made+" WHERE rowid IN (SELECT place FROM "+differing+" WHERE place >= 0)"))
	return appended, "", err
}

// differing makes the places of the rows that the fact and star_made do not both
// have as often: rowid in star_made, -1 - rowid in the fact.
func (f fact) differing(columns string) string {
	sides := []string{"SELECT m.rowid AS place, " + columns + " FROM " + made + " AS m"}
	for _, p := range f.parts {
		sides = append(sides, "SELECT -1 - f.rowid, "+columns+" FROM "+f.table+" AS f WHERE "+p.ofFact("f"))
	}
	day := "NULL"
	if f.date != "" {
		day = engine.QuoteIdent(f.date)
	}
	return "CREATE OR REPLACE TEMP TABLE " + differing + " AS\nSELECT day, unnest(places) AS place FROM (\n" +
		"SELECT " + day + " AS day, list(place) AS places FROM (\n" + strings.Join(sides, "\nUNION ALL\n") + ") AS side\n" +
		"GROUP BY " + columns + " HAVING sum(CASE WHEN place < 0 THEN -1 ELSE 1 END) <> 0) AS groups"
}

// setAside quarantines anew what is due.
func (f fact) setAside(ctx context.Context, b *builder) error {
	for _, s := range f.after {
		text, err := b.read(s)
		if err != nil {
			return err
		}
		found := false
		for _, p := range f.parts {
			remove := "DELETE FROM quarantine." + p.driver + "\nWHERE "
			if !strings.Contains(text, remove) {
				continue
			}
			found = true
			text = strings.Replace(text, remove, remove+`"key" IN (SELECT `+keyText(p.keys)+" FROM "+p.table()+") AND ", 1)
		}
		if !found {
			return fmt.Errorf("sql/%s.sql: want a DELETE FROM quarantine of a driver of %s", s, f.table)
		}
		if _, err := b.conn.Exec(ctx, engine.SQL(text)); err != nil {
			return err
		}
	}
	return nil
}

// keyText is the key as quarantine writes it.
func keyText(keys []string) string {
	var parts []string
	for _, k := range keys {
		parts = append(parts, "CAST("+engine.QuoteIdent(k)+" AS VARCHAR)")
	}
	return strings.Join(parts, " || ', ' || ")
}
