package rollup

import (
	"context"
	"errors"
	"slices"
	"strings"

	"verso/olap/compile"
	"verso/olap/cube"
	"verso/olap/engine"
)

// Days are days from first to last, as keys yyyymmdd.
type Days struct{ First, Last int64 }

// errAnew says that a part of a rollup cannot be replaced.
var errAnew = errors.New("rollup: has to be built anew")

// Rebuild brings the rollups up to date after facts of some days of their
// cube's first date dimension have changed, come or gone: only the members of
// the rollup's date dimension that have such days are made again. A rollup for
// which that is not enough, because it is not by date, its definition or its
// members have changed, or distinct keys have turned up elsewhere, is built anew.
// Either way it holds the same facts and answers the same; a distinct count stays
// stored as it was, where a full build may find narrower bits or do without.
func Rebuild(ctx context.Context, db engine.QueryExecer, m *cube.Model, changed []Days, o Options) ([]Status, error) {
	return Update(ctx, db, m, func(*cube.Cube) ([]Days, bool) { return changed, true }, o)
}

// Update is Rebuild where the days that have changed differ by cube: changed
// tells those of a cube, or false where they are not known and its rollups have
// to be built anew.
func Update(ctx context.Context, db engine.QueryExecer, m *cube.Model, changed func(*cube.Cube) ([]Days, bool), o Options) ([]Status, error) {
	known, err := List(ctx, db)
	if err != nil {
		return nil, err
	}
	return each(ctx, db, m, o, func(b *builder) (Status, error) {
		days, ok := changed(b.cube)
		if !ok {
			return b.build(ctx)
		}
		for _, s := range known {
			if s.Name != b.rollup.Name {
				continue
			}
			s, err := b.replace(ctx, s, days)
			if err == nil {
				return s, nil
			}
			var statement *engine.StatementError
			if !errors.Is(err, errAnew) && !errors.As(err, &statement) {
				return Status{}, err
			}
			if err := b.drop(ctx); err != nil {
				return Status{}, err
			}
			b.grains, b.parts, b.left = nil, nil, nil
		}
		return b.build(ctx)
	})
}

// replace makes the changed part of a rollup again.
func (b *builder) replace(ctx context.Context, old Status, changed []Days) (Status, error) {
	if old.State != OK || old.Cube != b.rollup.Cube || !slices.Equal(old.By, b.rollup.By) || old.changed(b.cube) != "" || !b.tables[b.table()] {
		return Status{}, errAnew
	}
	if err := b.findGrains(ctx); err != nil {
		return Status{}, errAnew
	}
	date := b.dateGrain()
	if date == nil || len(b.grains) != len(old.detail.Grain) {
		return Status{}, errAnew
	}
	c := newChange(b, date, changed)
	for i, g := range b.grains {
		if err := b.renewMembers(ctx, g, old.detail.Grain[i], c); err != nil {
			return Status{}, err
		}
	}
	if err := b.takeParts(ctx, old, c); err != nil {
		return Status{}, err
	}
	if err := b.exec(ctx, "DELETE FROM "+quoteTable(b.table())+" WHERE "+c.cells, c.args...); err != nil {
		return Status{}, err
	}
	if err := b.exec(ctx, "INSERT INTO "+quoteTable(b.table())+" BY NAME "+b.cellsOf(" WHERE "+c.facts), c.args...); err != nil {
		return Status{}, err
	}
	for _, g := range b.grains {
		for _, name := range b.oldTables(g) {
			if err := b.exec(ctx, "DROP TABLE IF EXISTS "+quoteTable(name)); err != nil {
				return Status{}, err
			}
		}
	}
	return b.built(ctx)
}

// dateGrain is the grain of the cube's first date dimension, nil if the rollup
// is not by it.
func (b *builder) dateGrain() *grain {
	for _, u := range b.cube.Dimensions {
		if !u.Of.Date {
			continue
		}
		for _, g := range b.grains {
			if g.use == u {
				return g
			}
		}
		return nil
	}
	return nil
}

// change is the condition for what has changed, on facts and on cells, each
// with the same args. Facts without a day that the calendar has always count.
type change struct {
	facts, cells string
	args         []any
}

func newChange(b *builder, g *grain, changed []Days) *change {
	c := &change{}
	days := func(key string) string {
		var list []string
		for range changed {
			list = append(list, key+" BETWEEN ? AND ?")
		}
		return strings.Join(append(list, "FALSE"), " OR ")
	}
	for _, d := range changed {
		c.args = append(c.args, d.First, d.Last)
	}
	cell := quote(compile.KeyColumn(g.use.Name))
	if g.direct {
		key := "f." + quote(g.use.Key)
		c.facts = "COALESCE(" + key + " = -1 OR " + days(key) + ", TRUE)"
		c.cells = "COALESCE(" + cell + " = -1 OR " + days(cell) + ", TRUE)"
		return c
	}
	ids := `(SELECT d."id" FROM ` + quoteTable(b.keysTable(g)) + ` AS d WHERE ` + days(`d."key"`) + ")"
	id := "COALESCE(" + quote("keys "+g.use.Name) + `."id", -1)`
	c.facts = "(" + id + " = -1 OR " + id + " IN " + ids + ")"
	c.cells = "(" + cell + " = -1 OR " + cell + " IN " + ids + ")"
	return c
}

const oldSuffix = "__old"

func (b *builder) oldTables(g *grain) []string {
	return []string{b.membersTable(g) + oldSuffix, b.keysTable(g) + oldSuffix}
}

// renewMembers makes the members of a dimension again and refuses where a
// member or key of before is not what it was, or facts that have not changed
// have got another member.
func (b *builder) renewMembers(ctx context.Context, g *grain, old *compile.Grain, c *change) error {
	if g.direct != (old.Members == "") || g.use.Name != old.Use {
		return errAnew
	}
	if g.direct {
		return nil
	}
	tables := []string{b.membersTable(g), b.keysTable(g)}
	for i, name := range b.oldTables(g) {
		if !b.tables[tables[i]] {
			return errAnew
		}
		_, now, _ := strings.Cut(name, ".")
		if err := b.exec(ctx, "ALTER TABLE "+quoteTable(tables[i])+" RENAME TO "+quote(now)); err != nil {
			return err
		}
	}
	if err := b.makeMembers(ctx, g, tables[0], tables[1]); err != nil {
		return err
	}
	var told []string
	for _, a := range g.tells {
		told = append(told, a.Name)
	}
	if !slices.Equal(told, old.Attributes) {
		return errAnew
	}
	for i, before := range b.oldTables(g) {
		n, err := b.count(ctx, "SELECT count(*) FROM (SELECT * FROM "+quoteTable(before)+" EXCEPT SELECT * FROM "+quoteTable(tables[i])+")")
		if err != nil {
			return err
		}
		if n > 0 {
			return errAnew
		}
	}
	added := `(SELECT k."key" FROM ` + quoteTable(tables[1]) + ` AS k WHERE NOT EXISTS (SELECT 1 FROM ` + quoteTable(b.oldTables(g)[1]) + ` AS o WHERE o."key" = k."key"))`
	n, err := b.count(ctx, "SELECT count(*)"+b.facts()+" WHERE NOT "+c.facts+" AND f."+quote(g.use.Key)+" IN "+added, c.args...)
	if err == nil && n > 0 {
		err = errAnew
	}
	return err
}

// takeParts keeps the parts as they were, if they can be for the changed facts.
func (b *builder) takeParts(ctx context.Context, old Status, c *change) error {
	ingredients, _ := compile.Ingredients(b.cube, b.rollup)
	for _, i := range ingredients {
		stored, kept := old.detail.Parts[i.Name]
		if !kept {
			continue // left out before, and again
		}
		t := &part{Ingredient: i, stored: stored, sql: old.detail.SQL[i.Name], bytes: 8}
		if err := b.distinctStays(ctx, old, t, c); err != nil {
			return err
		}
		b.parts = append(b.parts, t)
	}
	if len(b.parts) != len(old.detail.Parts) {
		return errAnew
	}
	if old.Reason != "" {
		b.left = []string{old.Reason}
	}
	return nil
}

// distinctStays checks that the way in which a distinct count is kept is still
// right.
func (b *builder) distinctStays(ctx context.Context, old Status, t *part, c *change) error {
	if !t.Distinct() || t.stored == compile.StoredKey {
		return nil
	}
	value := "(SELECT " + strings.Join(append(b.idsOfFacts(), t.Input+` AS "key"`), ", ") + b.facts() + " WHERE "
	if t.stored == compile.StoredBits {
		bounds := old.detail.Bits[t.Name]
		t.bits = bounds
		t.bytes = (bounds[1]-bounds[0]+1)/8 + 16
		row, err := engine.One(ctx, b.db, engine.SQL(`SELECT count(*) FROM `+value+c.facts+`) WHERE "key" < ? OR "key" > ?`, append(slices.Clone(c.args), bounds[0], bounds[1])...))
		if err != nil {
			return err
		}
		if row[0] != int64(0) {
			return errAnew
		}
		return nil
	}
	n, err := b.count(ctx, `SELECT (SELECT count(*) FROM (SELECT DISTINCT * FROM `+value+c.facts+`) WHERE "key" IS NOT NULL)) - (SELECT count(DISTINCT "key") FROM `+value+c.facts+`))
 + (SELECT count(*) FROM `+value+"NOT "+c.facts+`) WHERE "key" IN (SELECT "key" FROM `+value+c.facts+`)))`,
		slices.Concat(c.args, c.args, c.args, c.args)...)
	if err == nil && n != 0 {
		err = errAnew
	}
	return err
}
