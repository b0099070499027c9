package olap

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"verso/olap/compile"
	"verso/olap/engine"
)

// Calculated and hidden members in an answer.

// calculatedRank puts calculated members after all others.
const calculatedRank = 4

// calculated makes m the calculated member that the row of the statement is
// of, if it is of one.
func (b *builder) calculated(axis int, a compile.Axis, row []any, m *member) {
	c := b.query
	if c.Calculated < 0 || axis != c.CalculatedAxis {
		return
	}
	if n, _ := engine.Int(row[c.Calculated]); n > 0 {
		x := a.Attribute.Members[n-1]
		*m = member{rank: calculatedRank, order: n, value: x.Name, key: x.Name, shown: x.Label.In(b.olap.lang)}
	}
}

func hasCalculated(members []*member) bool {
	return slices.ContainsFunc(members, func(m *member) bool { return m.rank == calculatedRank })
}

// isCalculated reports whether the row is of a calculated member at its own
// level: such a row is not one of the parts of its parent.
func (r *outRow) isCalculated() bool { return r.level > 0 && hasCalculated(r.members[r.level-1:]) }

// compareCalculated puts what is of calculated members last.
func compareCalculated(x, y []*member) int {
	rank := func(list []*member) int {
		if hasCalculated(list) {
			return 1
		}
		return 0
	}
	return cmp.Compare(rank(x), rank(y))
}

// countHidden reads how many hidden members of each attribute have facts.
func (b *builder) countHidden(row []any) {
	if b.unseen == nil {
		b.unseen = make([]int64, len(b.query.Hidden))
		for i, h := range b.query.Hidden {
			b.unseen[i], _ = engine.Int(row[h.Column])
		}
	}
}

// findAbsent asks which members the catalog names in vain, once for each
// generation.
func (b *builder) findAbsent(ctx context.Context) error {
	for _, ask := range b.query.Ask {
		absent, err := b.olap.proofs.list(ctx, b.olap.db, ask.SQL, ask.Args)
		if err != nil {
			return err
		}
		switch {
		case len(absent) == 0:
		case b.olap.lang == "zh":
			b.absent = append(b.absent, fmt.Sprintf("%s 中不存在：%s。", ask.What, strings.Join(absent, "、")))
		default:
			b.absent = append(b.absent, fmt.Sprintf("%s names what does not occur: %s.", ask.What, strings.Join(absent, ", ")))
		}
	}
	return nil
}

// list runs a statement for a list of texts in its second column, once for
// each statement and args.
func (p *proofs) list(ctx context.Context, db engine.Querier, sql string, args []any) (list []string, err error) {
	id := sql + fmt.Sprint(args)
	p.mu.Lock()
	list, done := p.lists[id]
	p.mu.Unlock()
	if done {
		return list, nil
	}
	err = engine.Rows(ctx, db, engine.SQL(sql, args...), func(row []any) error {
		list = append(list, engine.Text(row[1]))
		return nil
	})
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	if p.lists == nil {
		p.lists = map[string][]string{}
	}
	p.lists[id] = list
	p.mu.Unlock()
	return list, nil
}

// memberNotes say which members are added, left out or not there, and which
// facts are left out by default.
func (b *builder) memberNotes() (notes []string) {
	zh := b.olap.lang == "zh"
	notes = append(notes, b.query.Notes...)
	for i, h := range b.query.Hidden {
		n := int64(0)
		if b.unseen != nil {
			n = b.unseen[i]
		}
		switch {
		case n == 0:
		case zh:
			notes = append(notes, fmt.Sprintf("隐藏了 %d 个%s；总计包含它们。", n, h.Label))
		default:
			notes = append(notes, fmt.Sprintf("%d hidden of %s left out; totals cover them.", n, h.Label))
		}
	}
	if c := b.query; c.Calculated >= 0 {
		label := slices.Concat(c.Rows, c.Columns)[c.CalculatedAxis].Label
		if zh {
			notes = append(notes, label+"的计算成员由其他成员合成，不计入总计。")
		} else {
			notes = append(notes, "Calculated members of "+label+" are made of other members and are in no total.")
		}
	}
	return append(notes, b.absent...)
}
