package olap

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"verso/olap/compile"
	"verso/olap/cube"
	"verso/olap/engine"
)

// proofs remembers what was found out about the keys of a generation, which
// never changes.
type proofs struct {
	mu    sync.Mutex
	found map[string]int64
	lists map[string][]string
}

// count runs a statement that counts offenders, once for each id. Questions
// asked at the same time may run it twice; the answer is the same.
func (p *proofs) count(ctx context.Context, db engine.Querier, id, sql string, args ...any) (int64, error) {
	p.mu.Lock()
	n, done := p.found[id]
	p.mu.Unlock()
	if done {
		return n, nil
	}
	row, err := engine.One(ctx, db, engine.SQL(sql, args...))
	if err != nil {
		return 0, err
	}
	n, _ = engine.Int(row[0])
	p.mu.Lock()
	if p.found == nil {
		p.found = map[string]int64{}
	}
	p.found[id] = n
	p.mu.Unlock()
	return n, nil
}

// unique checks that a joined table has one row per key.
func (o *Olap) unique(ctx context.Context, u compile.Unique) error {
	where, id := "", u.Table+"."+u.Key
	var args []any
	for i, column := range slices.Sorted(maps.Keys(u.Where)) {
		where += []string{" WHERE ", " AND "}[min(i, 1)] + engine.QuoteIdent(column) + " = ?"
		args = append(args, u.Where[column])
		id += fmt.Sprintf(",%s=%q", column, u.Where[column])
	}
	key := engine.QuoteIdent(u.Key)
	n, err := o.proofs.count(ctx, o.db, id, "SELECT count("+key+") - count(DISTINCT "+key+`) AS "repeats" FROM `+quoteTable(u.Table)+where, args...)
	if err == nil && n != 0 {
		err = &RepeatedKeyError{Table: u.Table, Key: u.Key, Repeats: n}
	}
	return err
}

// missing counts the keys of facts that a dimension has no member for.
func (o *Olap) missing(ctx context.Context, c *cube.Cube, u *cube.Use) (int64, error) {
	fact, dimension := engine.QuoteIdent(u.Key), engine.QuoteIdent(u.Of.Key)
	return o.proofs.count(ctx, o.db, c.Table+"/"+u.Name, "SELECT count(*) AS \"missing\" FROM (SELECT DISTINCT "+fact+` AS "k" FROM `+quoteTable(c.Table)+
		`) AS f WHERE NOT EXISTS (SELECT 1 FROM `+quoteTable(u.Of.Table)+" AS d WHERE d."+dimension+` = f."k")`)
}

func quoteTable(table string) string {
	schema, name, _ := strings.Cut(table, ".")
	return engine.QuoteIdent(schema) + "." + engine.QuoteIdent(name)
}
