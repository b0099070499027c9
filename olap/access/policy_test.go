package access

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func policyOf(t *testing.T, text string) *Policy {
	t.Helper()
	p, err := ParsePolicy([]byte(text), "access.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Wrong policies, each with the message it causes.
func TestBadPolicies(t *testing.T) {
	for _, x := range []struct{ text, message string }{
		{"", "version"},
		{"version: 2\nroles: {a: {rows: all}}", "access.yaml:1:10: version: this program reads version 1"},
		{"version: 1\n", "there is no role"},
		{"version: 1\nroles:\n  a: {rows: all, colums: {hide: [cost]}}", `access.yaml:3:18: unknown field "colums"`},
		{"version: 1\nroles:\n  a: {sql: true}", "role a: say which rows it sees"},
		{"version: 1\nroles:\n  a:", "role a says nothing"},
		{"version: 1\nroles:\n  a: {rows: everything}", "want all or conditions"},
		{"version: 1\nroles:\n  a: {rows: {customer.colour: [red]}}", `rows cannot be chosen by "customer.colour"`},
		{"version: 1\nroles:\n  a: {rows: {customer.id: [\"x{me}\"]}}", "nothing around it"},
		{"version: 1\nroles:\n  a: {rows: {customer.id: [\"{a}{b}\"]}}", "nothing around it"},
		{"version: 1\nroles:\n  \"a b\": {rows: all}", `role "a b": use letters`},
		{"version: 1\nroles:\n  a: {rows: all, pages: some}", "want all, none or a list"},
		{"version: 1\nroles:\n  a: {rows: all, columns: {hide: [sales.cost]}}", `"sales.cost" is no column`},
		{"version: 1\nroles:\n  a: {rows: all, columns: {show: [cost]}}", "score.churn.band"},
		{"version: 1\nroles:\n  a: {rows: all, columns: {aggregate: [net]}}", "need minimum_cell"},
		{"version: 1\nroles:\n  a: {rows: all, minimum_cell: {customers: 1, by: [customer.type]}}", "at least 2"},
		{"version: 1\nroles:\n  a: {rows: all, minimum_cell: {customers: 5}}", "by which attributes"},
		{"version: 1\nroles:\n  a: {rows: all, sql: true, minimum_cell: {customers: 5, by: [customer.type]}}", "protects nothing"},
		{"version: 1\nroles:\n  a: {rows: all, facts: true, minimum_cell: {customers: 5, by: [customer.type]}}", "protects nothing"},
		{"version: 1\nroles:\n  a: {rows: all, pages: [sales], minimum_cell: {customers: 5, by: [customer.type]}}", "has none"},
		{"version: 1\nroles:\n  a: {rows: all, minimum_cell: {customers: 5, by: [type]}}", "write dimension.attribute"},
		{"version: [", "access.yaml:1:"},
		{"version: 1\nroles: {a: {rows: all}, a: {rows: all}}", "already defined"},
	} {
		_, err := ParsePolicy([]byte(x.text), "access.yaml")
		if err == nil || !strings.Contains(err.Error(), x.message) {
			t.Errorf("%q:\n%v\nwant %q", x.text, err, x.message)
		}
	}
}

func FuzzParsePolicy(f *testing.F) {
	f.Add("version: 1\nroles: {a: {rows: {customer.type: [library]}, columns: {hide: [cost]}}}")
	f.Fuzz(func(t *testing.T, text string) {
		if p, err := ParsePolicy([]byte(text), "f"); err == nil {
			for name, r := range p.Roles {
				if !r.Rows.All && len(r.Rows.Where) == 0 {
					t.Errorf("role %s sees rows that nobody said", name)
				}
			}
		}
	})
}

const unions = `
version: 1
roles:
  all: {rows: all, sql: true, facts: true, pages: all, personal: true}
  north: {rows: {region.area: [North China]}, sql: true, pages: [sales, index]}
  south: {rows: {customer.region: South China}, columns: {hide: [cost]}, sql: true, facts: true, pages: [sales], personal: true}
  narrow: {rows: {customer.type: library, region.area: "{area}"}, tables: [core, score.rfm]}
  cells: {rows: all, minimum_cell: {customers: 5, by: [customer.type, date.year]}}
  scores: {rows: all, tables: [score]}
`

// Rows add up; of everything else the strictest holds.
func TestUnions(t *testing.T) {
	p := policyOf(t, unions)
	rules := func(roles ...string) Rules {
		r, err := p.Rules(Person{Name: "li", Roles: roles, Attributes: map[string][]string{"area": {"East China", "x' OR 1=1"}}})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	north, south := map[string][]string{"region.area": {"North China"}}, map[string][]string{"region.area": {"South China"}}
	if diff := cmp.Diff(Rules{Any: []map[string][]string{north, south}, Hide: []string{"cost"}, SQL: true, Pages: []string{"sales"}}, rules("north", "south"), ignoreEmpty); diff != "" {
		t.Errorf("north and south (-want +got):\n%s", diff)
	}
	if rules("north", "south").Cut() != rules("south", "north").Cut() {
		t.Error("the order of roles makes another cut")
	}
	if rules("north").Cut() == rules("south").Cut() || rules("north").Cut() == "" {
		t.Error("different rows make the same cut")
	}
	if diff := cmp.Diff(rules("all"), rules("north", "all", "south")); diff != "" {
		t.Errorf("a role that opens everything, with others (-want +got):\n%s", diff)
	}
	if got := rules("narrow").Any[0]; !cmp.Equal(got, map[string][]string{"customer.type": {"library"}, "region.area": {"East China", "x' OR 1=1"}}) {
		t.Errorf("attributes filled in: %v", got)
	}
	if got := *rules("narrow", "scores").Tables; !cmp.Equal(got, []string{"score.rfm"}) {
		t.Errorf("tables open to both: %v", got)
	}
	if got := rules("cells", "south"); got.SQL || got.Facts || len(got.Pages) > 0 || got.Minimum != 5 || !got.All || !cmp.Equal(got.Hide, []string{"cost"}) {
		t.Errorf("with a minimum: %+v", got)
	}
	unknown, err := p.Rules(Person{Name: "li", Roles: []string{"narrow"}})
	if err != nil || len(unknown.Any[0]["region.area"]) != 0 {
		t.Errorf("without the attribute: %v, %v", unknown, err)
	}
	if _, err := p.Rules(Person{Name: "li", Roles: []string{"north", "gone"}}); err == nil {
		t.Error("a role that is not there is passed over")
	}
	if r, err := p.Rules(Person{Name: "boss", Admin: true}); err != nil || r.Cut() != "" || r.Rights().Told != "" || !r.SQL {
		t.Errorf("administrator: %+v, %v", r, err)
	}
}

var ignoreEmpty = cmp.Transformer("empty", func(s []string) []string { return append([]string{}, s...) })
