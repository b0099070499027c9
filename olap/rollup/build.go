package rollup

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"strings"

	"verso/olap/compile"
	"verso/olap/cube"
	"verso/olap/engine"
)

// builder makes one rollup.
type builder struct {
	db      engine.QueryExecer
	rollup  *cube.Rollup
	cube    *cube.Cube
	options Options
	tables  map[string]bool
	sums    map[string]factSum // by cube and part, for all builders of a build

	grains []*grain
	parts  []*part
	left   []string // what was left out, with the reason
	cells  int64
}

// part is a part of the rollup in the making.
type part struct {
	compile.Ingredient
	stored compile.Storage
	sql    string // the aggregate as it is stored
	bytes  int64  // of a cell
	bits   [2]int64
}

func (b *builder) table() string { return "rollup." + b.rollup.Name }

func (b *builder) exec(ctx context.Context, sql string, args ...any) error {
	_, err := b.db.Exec(ctx, engine.SQL(sql, args...))
	return err
}

func (b *builder) count(ctx context.Context, sql string, args ...any) (int64, error) {
	row, err := engine.One(ctx, b.db, engine.SQL(sql, args...))
	if err != nil {
		return 0, err
	}
	n, _ := engine.Int(row[0])
	return n, nil
}

// build makes the tables anew. What stands against it is in the status.
func (b *builder) build(ctx context.Context) (Status, error) {
	if err := b.drop(ctx); err != nil {
		return Status{}, err
	}
	err := b.make(ctx)
	var bad *tooBad
	if errors.As(err, &bad) {
		s := b.status(Skipped)
		s.Reason, s.Rows = bad.reason, 0
		return s, b.drop(ctx)
	}
	if err != nil {
		return Status{}, err
	}
	return b.built(ctx)
}

// drop removes what an earlier build has left.
func (b *builder) drop(ctx context.Context) error {
	for name := range b.tables {
		if name == b.table() || strings.HasPrefix(name, b.table()+"__") {
			if err := b.exec(ctx, "DROP TABLE IF EXISTS "+quoteTable(name)); err != nil {
				return err
			}
		}
	}
	for _, g := range b.grains {
		for _, name := range append(b.oldTables(g), b.membersTable(g), b.keysTable(g)) {
			if err := b.exec(ctx, "DROP TABLE IF EXISTS "+quoteTable(name)); err != nil {
				return err
			}
		}
	}
	return nil
}

// enoughFacts refuses a rollup that is not worth its building.
func (b *builder) enoughFacts(ctx context.Context) error {
	least := b.options.Limits.Facts
	if least == 0 {
		return nil
	}
	row, err := engine.One(ctx, b.db, engine.SQL("SELECT count(*) FROM "+quoteTable(b.cube.Table)))
	if err != nil {
		return err
	}
	if n, _ := engine.Int(row[0]); n < least {
		return &tooBad{fmt.Sprintf("%d facts answer fast enough by themselves; refresh builds rollups from %d on", n, least)}
	}
	return nil
}

func (b *builder) make(ctx context.Context) error {
	if !b.tables[b.cube.Table] {
		return &tooBad{"needs " + b.cube.Table}
	}
	if err := b.enoughFacts(ctx); err != nil {
		return err
	}
	if err := b.findGrains(ctx); err != nil {
		return err
	}
	for _, g := range b.grains {
		if err := b.makeMembers(ctx, g, b.membersTable(g), b.keysTable(g)); err != nil {
			return err
		}
	}
	if err := b.weigh(ctx); err != nil {
		return err
	}
	if err := b.findParts(ctx); err != nil {
		return err
	}
	s := b.cellsOf("")
	return b.exec(ctx, "CREATE TABLE "+quoteTable(b.table())+" AS "+s+" ORDER BY "+strings.Join(b.ids(), ", "))
}

// weigh counts the cells and refuses a rollup that is too large.
func (b *builder) weigh(ctx context.Context) error {
	facts, err := b.count(ctx, "SELECT count(*) FROM "+quoteTable(b.cube.Table))
	if err != nil {
		return err
	}
	if b.cells, err = b.count(ctx, "SELECT count(*) FROM (SELECT DISTINCT "+strings.Join(b.idsOfFacts(), ", ")+b.facts()+")"); err != nil {
		return err
	}
	l := b.options.Limits
	switch {
	case b.cells > l.Cells:
		return &tooBad{fmt.Sprintf("would have %d rows, more than %d", b.cells, l.Cells)}
	case float64(b.cells) > l.Share*float64(facts):
		return &tooBad{fmt.Sprintf("would have %d rows for %d facts, more than %g of them", b.cells, facts, l.Share)}
	}
	return nil
}

// ids are the key columns of the rollup.
func (b *builder) ids() (list []string) {
	for _, g := range b.grains {
		list = append(list, quote(compile.KeyColumn(g.use.Name)))
	}
	return list
}

// idsOfFacts are the key columns of the rollup from the facts. A fact whose
// member is not there is one of the unknown member.
func (b *builder) idsOfFacts() (list []string) {
	for _, g := range b.grains {
		sql := "f." + quote(g.use.Key)
		if !g.direct {
			sql = "COALESCE(" + quote("keys "+g.use.Name) + `."id", -1)`
		}
		list = append(list, sql+" AS "+quote(compile.KeyColumn(g.use.Name)))
	}
	return list
}

// facts is the FROM clause of the facts with the keys of members.
func (b *builder) facts() string {
	s := " FROM " + quoteTable(b.cube.Table) + " AS f"
	for _, g := range b.grains {
		if !g.direct {
			alias := quote("keys " + g.use.Name)
			s += " LEFT JOIN " + quoteTable(b.keysTable(g)) + " AS " + alias + " ON " + alias + `."key" = f.` + quote(g.use.Key)
		}
	}
	return s
}

// cellsOf is the SELECT of the rollup's rows, from the facts that where keeps.
func (b *builder) cellsOf(where string) string {
	inner, outer := b.idsOfFacts(), b.ids()
	outer = append(outer, "count(*) AS "+quote(compile.FactsColumn))
	for _, t := range b.parts {
		if t.Input != "" {
			inner = append(inner, t.Input+" AS "+quote(t.Name))
		}
		if t.stored != compile.StoredKey {
			outer = append(outer, t.sql+" AS "+quote(t.Name))
		}
	}
	return "SELECT " + strings.Join(outer, ", ") + " FROM (SELECT " + strings.Join(inner, ", ") + b.facts() + where + ") GROUP BY " + strings.Join(b.ids(), ", ")
}

// findParts decides how each part is kept.
func (b *builder) findParts(ctx context.Context) error {
	ingredients, left := compile.Ingredients(b.cube, b.rollup)
	for _, name := range left {
		b.left = append(b.left, name+" left out: it does not follow from its parts")
	}
	for _, i := range ingredients {
		t := &part{Ingredient: i, stored: compile.StoredAggregate, sql: i.Aggregate, bytes: 8}
		err := b.findSum(ctx, t)
		if i.Distinct() {
			err = b.findDistinct(ctx, t)
		}
		if err != nil {
			return err
		}
		if t.stored != "" {
			b.parts = append(b.parts, t)
		}
	}
	return nil
}

// findSum gives sums the narrow type that adds up ten times faster, where all
// facts together fit.
func (b *builder) findSum(ctx context.Context, t *part) error {
	if t.Measure.Kind != cube.Sum {
		return nil
	}
	sum, err := b.sumOf(ctx, t)
	if err != nil {
		return err
	}
	kind, scale := sum.kind, 0
	switch {
	case kind == "DOUBLE" || kind == "FLOAT":
		t.stored = ""
		b.left = append(b.left, t.Name+" left out: a sum of doubles depends on its order")
		return nil
	case strings.HasPrefix(kind, "DECIMAL"):
		var width int
		if _, err := fmt.Sscanf(kind, "DECIMAL(%d,%d)", &width, &scale); err != nil {
			return fmt.Errorf("type %s: %w", kind, err)
		}
		kind = fmt.Sprintf("DECIMAL(18,%d)", scale)
	default:
		kind = "BIGINT"
	}
	if sum.size.Cmp(big.NewInt(1_000_000_000_000_000_000)) < 0 && scale <= 18 {
		t.sql = "CAST(" + t.Aggregate + " AS " + kind + ")"
		return nil
	}
	t.bytes = 16
	return nil
}

// factSum is what all facts together give of a sum: its type, and the sum of
// the sizes in smallest units.
type factSum struct {
	kind string
	size *big.Int
}

// sumOf looks at all sums of the cube in one pass, for all its rollups.
func (b *builder) sumOf(ctx context.Context, t *part) (factSum, error) {
	id := b.cube.Name + "." + t.Name
	if s, known := b.sums[id]; known {
		return s, nil
	}
	all := &cube.Rollup{Cube: b.cube.Name}
	for _, m := range b.cube.Measures {
		all.Measures = append(all.Measures, m.Name)
	}
	var names, items []string
	ingredients, _ := compile.Ingredients(b.cube, all)
	for _, i := range ingredients {
		if i.Measure.Kind == cube.Sum {
			names = append(names, i.Name)
			items = append(items, "any_value(typeof("+i.Input+"))", "sum(abs("+i.Input+"))")
		}
	}
	row, err := engine.One(ctx, b.db, engine.SQL("SELECT "+strings.Join(items, ", ")+" FROM "+quoteTable(b.cube.Table)+" AS f"))
	if err != nil {
		return factSum{}, err
	}
	for i, name := range names {
		b.sums[b.cube.Name+"."+name] = factSum{engine.Text(row[2*i]), units(row[2*i+1])}
	}
	return b.sums[id], nil
}

// units is a number in its smallest units.
func units(v any) *big.Int {
	switch v := v.(type) {
	case engine.Decimal:
		return v.Num.BigInt()
	case int64:
		return big.NewInt(v)
	}
	return new(big.Int)
}

// findDistinct finds a way to keep a distinct count: the keys are in the grain;
// or no key has facts in two cells, so that counts add up; or as bits.
func (b *builder) findDistinct(ctx context.Context, t *part) error {
	for _, g := range b.grains {
		if g.direct && g.use.Name == t.KeyOf {
			t.stored, t.bytes = compile.StoredKey, 0
			return nil
		}
	}
	value := "(SELECT " + strings.Join(b.idsOfFacts(), ", ") + ", " + t.Input + ` AS "key"` + b.facts() + ")"
	row, err := engine.One(ctx, b.db, engine.SQL(`SELECT count(DISTINCT "key"), min("key"), max("key"), any_value(typeof("key")) FROM `+value))
	if err != nil {
		return err
	}
	n, _ := engine.Int(row[0])
	pairs, err := b.count(ctx, `SELECT count(*) FROM (SELECT DISTINCT * FROM `+value+` WHERE "key" IS NOT NULL)`)
	if err != nil {
		return err
	}
	if pairs == n {
		return nil
	}
	low, isInt := engine.Int(row[1])
	high, _ := engine.Int(row[2])
	low, high = low&^(bitsStep-1), high|(bitsStep-1) // room, so that new keys seldom need a new build
	t.bytes = (high-low+1)/8 + 16
	t.stored = ""
	switch bytes := t.bytes * b.cells; {
	case !isInt:
		b.left = append(b.left, t.Name+" left out: its key is no integer")
	case bytes > b.options.Limits.Bits:
		b.left = append(b.left, fmt.Sprintf("%s left out: it would take %d MB of bits", t.Name, bytes>>20))
	default:
		t.stored, t.bits = compile.StoredBits, [2]int64{low, high}
		t.sql = fmt.Sprintf("bitstring_agg(CAST(%s AS BIGINT), CAST(%d AS BIGINT), CAST(%d AS BIGINT))", quote(t.Name), low, high)
	}
	return nil
}

// bitsStep is what the bounds of bits are rounded to.
const bitsStep = 1024

// built is the status of tables that stand.
func (b *builder) built(ctx context.Context) (Status, error) {
	s := b.status(OK)
	var err error
	if s.Rows, err = b.count(ctx, "SELECT count(*) FROM "+quoteTable(b.table())); err != nil {
		return s, err
	}
	s.Reason = strings.Join(b.left, "; ")
	s.detail = detail{Rollup: compile.Rollup{By: b.rollup.By, Table: b.table(), Rows: s.Rows, Parts: map[string]compile.Storage{}}, Meanings: map[string]string{"": b.cube.Table},
		SQL: map[string]string{}, Bits: map[string][2]int64{}}
	width := int64(8)
	for _, t := range b.parts {
		s.detail.Parts[t.Name] = t.stored
		s.detail.Meanings[t.Name] = t.Meaning()
		s.detail.SQL[t.Name] = t.sql
		if t.stored == compile.StoredBits {
			s.detail.Bits[t.Name] = t.bits
		}
		width += t.bytes
	}
	for _, g := range b.grains {
		described, err := b.describe(ctx, g)
		if err != nil {
			return s, err
		}
		s.detail.Grain = append(s.detail.Grain, described)
		told := g.tells
		if g.direct {
			told = g.by
		}
		for _, a := range told {
			s.detail.Meanings[g.use.Name+"."+a.Name] = meaning(g.use, a)
		}
		width += 4
	}
	s.Bytes = s.Rows * width
	return s, nil
}

func (b *builder) status(state State) Status {
	return Status{Name: b.rollup.Name, Cube: b.rollup.Cube, By: b.rollup.By, Built: b.options.Run, State: state,
		detail: detail{Rollup: compile.Rollup{Table: b.table()}}}
}
