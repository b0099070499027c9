package star

import (
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// without is the shipped scripts with one of them changed.
type without struct {
	fs.FS
	name  string
	text  string
	goods bool // a rule that every change of goods tells
}

func (w without) Open(name string) (fs.File, error) {
	if name == w.name {
		return fstest.MapFS{name: {Data: []byte(w.text)}}.Open(name)
	}
	return w.FS.Open(name)
}

// mutants are the scripts of increments, each with one rule left out.
func mutants(t *testing.T) map[string]without {
	out := map[string]without{}
	text := func(name string) string {
		b, err := scripts.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	for _, name := range []string{"sql/due/fact_order_line.sql", "sql/due/fact_return.sql", "sql/due/fact_customer_month.sql",
		"sql/due/fact_receivable_balance.sql", "sql/due/fact_payable_balance.sql", "sql/due/fact_ticket.sql"} {
		comment, body, _ := strings.Cut(text(name), "SELECT ")
		rules := strings.Split("SELECT "+body, "\nUNION\n")
		for i := range rules {
			var rest []string
			for j, r := range rules {
				if j != i {
					rest = append(rest, r)
				}
			}
			out[name+": "+strings.Join(strings.Fields(rules[i]), " ")] = without{FS: scripts, name: name, text: comment + strings.Join(rest, "\nUNION\n")}
		}
	}
	read := regexp.MustCompile(`(?:FROM|JOIN) (due\.(?:changed|moved|key)_\w+|core\.fact_(?:stage_event|purchase_line)|star_was)\b`)
	for _, name := range []string{"sql/due/fact_batch_cost.sql", "sql/due/landed_line.sql", "sql/due/observed.sql", "sql/due/fact_order_stage.sql"} {
		of := text(name)
		for i, at := range read.FindAllStringSubmatchIndex(of, -1) {
			table := of[at[2]:at[3]]
			out[fmt.Sprintf("%s: %d: %s", name, i, table)] = without{FS: scripts, name: name, text: of[:at[2]] + "(SELECT * FROM " + table + " WHERE false)" + of[at[3]:], goods: name != "sql/due/fact_order_stage.sql"}
		}
	}
	for _, m := range [][3]string{
		{"sql/due/fact_batch_cost.sql", "f.qty + f.qty_cancelled = l.qty_ordered", "true"},
		{"sql/due/fact_batch_cost.sql", "t.title_id = l.title_id", "true"},
		{"sql/due/fact_batch_cost.sql", "o.refused IS NULL", "true"},
		{"sql/due/fact_batch_cost.sql", "NOT coalesce(l.is_deleted, false)", "true"},
		{"sql/moved.sql", "o.po_date = n.po_date", "true"},
		{"sql/moved.sql", "o.ccy = coalesce(n.ccy, p.currency)", "true"},
		{"sql/moved.sql", "o.supplier_key IS DISTINCT FROM coalesce(s.supplier_key, -1)", "false"},
		{"sql/moved.sql", "o.batch_key IS DISTINCT FROM coalesce(b.batch_key, -1)", "false"},
	} {
		of := text(m[0])
		if !strings.Contains(of, m[1]) {
			t.Fatalf("%s: want %q", m[0], m[1])
		}
		out[m[0]+": "+m[1]] = without{scripts, m[0], strings.Replace(of, m[1], m[2], 1), true}
	}
	aged := text("sql/flow/order_aged.sql")
	update, set, _ := strings.Cut(aged, "SET ")
	for _, column := range strings.Split(set[:strings.Index(set, "\n")], ", ") {
		out["sql/flow/order_aged.sql: "+column] = without{scripts, "sql/flow/order_aged.sql", update + "SET " + strings.Replace(set, column, "stage_since = fact_order_stage.stage_since", 1), true}
	}
	moved := text("sql/moved.sql")
	table := regexp.MustCompile(`due\.moved_(\w+)`)
	for _, at := range regexp.MustCompile(`o\.\w+ IS DISTINCT FROM \w\.\w+`).FindAllStringIndex(moved, -1) {
		tables := table.FindAllStringSubmatch(moved[:at[0]], -1)
		switch of := tables[len(tables)-1][1]; of {
		case "rate", "title", "customer", "order":
			out[fmt.Sprintf("sql/moved.sql: %s: %s", of, moved[at[0]:at[1]])] = without{FS: scripts, name: "sql/moved.sql", text: moved[:at[0]] + "false" + moved[at[1]:]}
		}
	}
	for _, name := range []string{"receivable", "payable"} {
		name = "sql/money/" + name + "_some.sql"
		from, rest, _ := strings.Cut(text(name), "FROM (\n")
		rules, end, _ := strings.Cut(rest, "\n) f")
		for i, rule := range strings.Split(rules, "\n    UNION ALL\n") {
			left := slices.Delete(strings.Split(rules, "\n    UNION ALL\n"), i, i+1)
			out[name+": "+strings.Join(strings.Fields(rule), " ")] = without{FS: scripts, name: name, text: from + "FROM (\n" + strings.Join(left, "\n    UNION ALL\n") + "\n) f" + end}
		}
	}
	for _, rule := range []string{"o.first_month IS DISTINCT FROM n.first_month", "o.last_month IS DISTINCT FROM n.last_month", "coalesce(m.month, w.month)"} {
		with := strings.NewReplacer(rule, map[bool]string{true: "false", false: "w.month"}[strings.Contains(rule, " IS ")])
		out["sql/relations/month_moved.sql: "+rule] = without{FS: scripts, name: "sql/relations/month_moved.sql", text: with.Replace(text("sql/relations/month_moved.sql"))}
	}
	some := text("sql/keep_some.sql")
	out["sql/keep_some.sql: purchase lines"] = without{FS: scripts, name: "sql/keep_some.sql", text: some[:strings.Index(some, "DELETE FROM meta.star_purchase")]}
	return out
}

// redundant are the rules that no night can miss, with the reason: another rule
// always holds with them.
func redundant() map[string]string {
	return map[string]string{
		"sql/due/fact_customer_month.sql: SELECT f.customer_key, f.month FROM core.fact_customer_month f WHERE f.month >= (SELECT month FROM star_was_month)": "a month of a customer that is gone had sums that are gone with it (due.moved_month_…)",
	}
}

// TestEveryDueRuleIsNeeded leaves out one rule of the increments at a time: the
// random nights must tell. It takes long, so VERSO_STAR_MUTANTS asks for it, by
// a pattern of the rules to leave out.
func TestEveryDueRuleIsNeeded(t *testing.T) {
	asked := os.Getenv("VERSO_STAR_MUTANTS")
	if asked == "" {
		t.Skip("set VERSO_STAR_MUTANTS, such as .")
	}
	pattern := regexp.MustCompile(asked)
	for name, files := range mutants(t) {
		if !pattern.MatchString(name) {
			continue
		}
		t.Run(strings.ReplaceAll(name, "/", "|"), func(t *testing.T) {
			t.Parallel()
			if why := redundant()[name]; why != "" {
				t.Skip(why)
			}
			t.Log(caught(t, files))
		})
	}
}

// caught runs nights until one tells that a rule is missing: first of many
// changes, then of few, after which no other rule makes the same rows due.
func caught(t *testing.T, files without) string {
	if files.goods {
		err := everyChange(t, files, 2)
		if err == nil {
			t.Error("no change tells that the rule is missing")
		}
		return fmt.Sprintf("%.300v", err)
	}
	for seed := range uint64(10) {
		n := newNights(t, seed, "BIGINT")
		n.scripts = files
		for i, changes := range []int{250, 60, 60, 60, 8, 8, 8, 8} {
			n.night(changes)
			if err := n.build(Options{DueShare: 2, AppendedShare: 1e9}, i > 1); err != nil {
				return fmt.Sprintf("seed %d, night %d: %.300v", seed, i, err)
			}
		}
	}
	t.Error("no night tells that the rule is missing")
	return ""
}
