package propose

import (
	"fmt"
	"strings"

	"verso/etl/canon"
	"verso/etl/canon/system"
)

// reference weighs what the keys of the database say of a column that shall
// refer to another table.
func (g *guess) reference(c canon.Column, i int, col system.Column, score float64, why string) (float64, string) {
	source := g.tables[i]
	for _, f := range source.Foreign {
		if len(f.Columns) != 1 || f.Columns[0] != col.Name {
			continue
		}
		table, _, _ := strings.Cut(c.References, ".")
		if c.References == "" {
			if c.Type == canon.ID {
				return score, why
			}
			return score * 0.3, why + ", but it refers to " + f.Table
		}
		target, done := g.of[table]
		like, _ := likeTable(mustTable(table), f.Table)
		switch {
		case done && !strings.EqualFold(g.tables[target].Name, f.Table), !done && like < 0.6:
			return score * 0.3, why + ", but it refers to " + f.Table
		case score > 0:
			return 0.75 + 0.24*min(1, score), "a foreign key to " + f.Table
		case g.keysTo(i, f.Table) == 1:
			return 0.7, "the only foreign key to " + f.Table
		}
		return 0.45, "one of several foreign keys to " + f.Table
	}
	if c.References != "" && score > 0 {
		return g.matches(c, i, col, score, why)
	}
	return score, why
}

// namesTable scores how well a column bears the name of the table that it shall
// refer to: party, or party_id, for customers.
func namesTable(c canon.Column, column string) (float64, string) {
	table, _, ok := strings.Cut(c.References, ".")
	if !ok || c.Type != canon.ID {
		return 0, ""
	}
	w := words(column)
	if len(w) > 1 && w[len(w)-1] == "id" {
		w = w[:len(w)-1]
	}
	like, by := likeTable(mustTable(table), strings.Join(w, "_"))
	if like < 0.9 {
		return 0, ""
	}
	return like, by
}

// keysTo counts the foreign keys of a table to another.
func (g *guess) keysTo(i int, table string) int {
	n := 0
	for _, f := range g.tables[i].Foreign {
		if len(f.Columns) == 1 && strings.EqualFold(f.Table, table) {
			n++
		}
	}
	return n
}

// matches weighs the share of values that are found in the other table, where
// samples of both were seen and no key is declared.
func (g *guess) matches(c canon.Column, i int, col system.Column, score float64, why string) (float64, string) {
	table, column, _ := strings.Cut(c.References, ".")
	target, done := g.of[table]
	s := g.looks[i][col.Name]
	if !done || s.filled == 0 || target == i {
		return score, why
	}
	t, _ := canon.Lookup(table)
	key, _ := t.Column(column)
	best := g.bestOf(t, key, target)
	have := map[string]bool{}
	for _, v := range g.looks[target][best.Source].values {
		have[v] = true
	}
	if len(have) == 0 {
		return score, why
	}
	found := 0
	for _, v := range s.values {
		if have[v] {
			found++
		}
	}
	share := float64(found) / float64(s.filled)
	rows := g.tables[target].Rows
	complete := rows >= 0 && rows <= int64(len(g.looks[target][best.Source].values))
	switch {
	case share >= 0.9:
		return min(0.97, score+0.1), fmt.Sprintf("%s, %.0f %% of the values seen stand in %s", why, 100*share, g.tables[target].Name)
	case share < 0.5 && complete:
		return score * 0.5, fmt.Sprintf("%s, but %.0f %% of the values seen stand in %s", why, 100*share, g.tables[target].Name)
	}
	return score, why
}
