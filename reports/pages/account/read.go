package account

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"verso/olap/engine"
	"verso/reports/page"
	"verso/reports/view"
)

// source is one statement over several customers: its file, the tables that it
// needs, without which it has no rows, and the columns of a row.
type source struct {
	name   string
	tables []string
	width  int
}

var sources = []source{
	{"who", nil, 17},
	{"scores", []string{"score.sevenp", "score.service_policy"}, 16},
	{"parts", []string{"score.sevenp_part"}, 9},
	{"standing", []string{"score.loyalty", "score.segment"}, 8},
	{"profit", []string{"score.customer_profit"}, 23},
	{"sales", []string{"core.fact_order_line"}, 3},
	{"worth", []string{"score.clv"}, 11},
	{"months", []string{"core.fact_customer_month"}, 3},
	{"lines", []string{"core.fact_order_stage", "core.fact_order_line"}, 15},
	{"orders", []string{"core.fact_order_line"}, 7},
	{"classes", []string{"score.profit_cell"}, 8},
	{"peers", []string{"score.whitespace"}, 7},
	{"offers", []string{"score.recommendation"}, 10},
	{"service", []string{"score.customer_service"}, 19},
	{"tickets", []string{"core.fact_ticket"}, 9},
	{"contacts", []string{"core.fact_activity"}, 8},
	{"receivable", []string{"core.fact_receivable"}, 6},
	{"tiers", []string{"core.fact_customer_month"}, 4},
	{"risk", []string{"score.churn"}, 8},
	{"reasons", []string{"score.churn_reason"}, 6},
	{"quiet", []string{"score.part_churn", "score.fade"}, 9},
	{"taste", []string{"score.taste_profile"}, 3},
}

// Columns of the statement of profit and of sales.
const (
	profitContribution    = 14
	salesNow, salesBefore = 1, 2
)

// store holds the rows of several customers, by statement and customer.
type store struct {
	rows  map[string]map[int64][][]any
	width map[string]int
	means []view.Value // the seven scores of all customers
}

// read asks every statement once for all customers.
func read(ctx context.Context, c *page.Context, keys []int64) (*store, error) {
	s := &store{rows: map[string]map[int64][][]any{}, width: map[string]int{}}
	texts := make([]string, len(keys))
	for i, key := range keys {
		texts[i] = strconv.FormatInt(key, 10)
	}
	for _, from := range sources {
		byKey := map[int64][][]any{}
		s.rows[from.name], s.width[from.name] = byKey, from.width
		known, err := allKnown(ctx, c, from.tables)
		if err != nil {
			return nil, err
		}
		if !known {
			continue
		}
		args := []any{strings.Join(texts, ",")}
		if from.name == "sales" {
			w := page.LastTwelveMonths(c.AsOf)
			args = append(args, w.Before(1).From, w.From, w.To)
		}
		err = engine.Rows(ctx, c.DB, engine.SQL(statement(from.name), args...), func(row []any) error {
			if len(row) != from.width {
				return fmt.Errorf("%s.sql gives %d columns, not %d", from.name, len(row), from.width)
			}
			key := page.Whole(row[0])
			byKey[key] = append(byKey[key], append([]any(nil), row...))
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("customers: %s: %w", from.name, err)
		}
	}
	if len(s.rows["scores"]) > 0 {
		row, err := engine.One(ctx, c.DB, engine.SQL(statement("means")))
		if err != nil {
			return nil, err
		}
		for _, v := range row {
			s.means = append(s.means, page.Value(v))
		}
	}
	return s, nil
}

func allKnown(ctx context.Context, c *page.Context, tables []string) (bool, error) {
	for _, name := range tables {
		schema, table, _ := strings.Cut(name, ".")
		if known, err := c.Known(ctx, schema, table); err != nil || !known {
			return false, err
		}
	}
	return true, nil
}

// of are the rows of a customer.
func (s *store) of(name string, key int64) [][]any { return s.rows[name][key] }

// one is the only row of a customer, of NULLs if there is none.
func (s *store) one(name string, key int64) []any {
	if rows := s.rows[name][key]; len(rows) > 0 {
		return rows[0]
	}
	return make([]any, s.width[name])
}

// sales are the net sales of a customer in twelve months, and in the twelve before
// where the data reach back to them.
func (s *store) sales(c *page.Context, key int64) (now, before view.Value) {
	if comparable(c) {
		before = s.value("sales", key, salesBefore)
	}
	return s.value("sales", key, salesNow), before
}

// value is one figure of a customer.
func (s *store) value(name string, key int64, column int) view.Value {
	return page.Value(s.one(name, key)[column])
}
