package duplicate

import (
	"context"
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"verso/etl/demo"
)

// table reads a CSV file of the demo company, row by row by column.
func table(t *testing.T, path string) (rows []map[string]string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	all[0][0] = strings.TrimPrefix(all[0][0], "\ufeff")
	for _, r := range all[1:] {
		row := map[string]string{}
		for i, h := range all[0] {
			row[h] = r[i]
		}
		rows = append(rows, row)
	}
	return rows
}

// company is a generated company as Find takes it, and its planted pairs that
// nobody has merged yet.
func company(t *testing.T, o demo.Options) (customers []Customer, shared []Shared, planted map[[2]string]string) {
	t.Helper()
	o.Dir = t.TempDir()
	if _, err := demo.Generate(context.Background(), o); err != nil {
		t.Fatal(err)
	}
	phones, mails, owner := map[string][]string{}, map[string][]string{}, map[string]string{}
	for _, r := range table(t, filepath.Join(o.Dir, "data", "customer_contact.csv")) {
		phones[r["customer_id"]] = append(phones[r["customer_id"]], r["phone"])
		mails[r["customer_id"]] = append(mails[r["customer_id"]], r["email"])
		owner[r["contact_id"]] = r["customer_id"]
	}
	for _, r := range table(t, filepath.Join(o.Dir, "data", "customer.csv")) {
		id := r["customer_id"]
		customers = append(customers, Customer{ID: id, No: r["customer_no"], Name: r["name"], NameEN: r["name_en"], Type: r["customer_type"], Region: r["region_code"],
			Postcode: r["postcode"], Phones: phones[id], Emails: mails[id], VAT: r["vat_no"], Created: r["created_date"], FirstContact: r["first_contact_date"],
			Parent: r["parent_customer_id"], MergedInto: r["merged_into"]})
	}
	for _, r := range table(t, filepath.Join(o.Dir, "data", "order_header.csv")) {
		if who := owner[r["contact_id"]]; who != "" && who != r["customer_id"] {
			shared = append(shared, Shared{who, r["customer_id"]})
		}
	}
	planted = map[[2]string]string{}
	for _, r := range table(t, filepath.Join(o.Dir, "truth", "truth_duplicate.csv")) {
		if r["merged"] != "true" {
			planted[ordered(r["customer_id"], r["duplicate_id"])] = r["kind"]
		}
	}
	return customers, shared, planted
}

func ordered(a, b string) [2]string {
	if compareID(a, b) > 0 {
		a, b = b, a
	}
	return [2]string{a, b}
}

// TestPlanted holds the goal on generated companies whose seeds the weights were
// not set on: of what is called likely at least 95 % was planted, and of what
// was planted at least 80 % is called likely, for each seed. What is called
// possible besides must stay a short list.
func TestPlanted(t *testing.T) {
	for _, seed := range []uint64{21, 22, 23} {
		customers, shared, planted := company(t, demo.Options{Scale: .3, Seed: seed, Years: 2})
		found, stats, err := Find(context.Background(), customers, shared, Options{})
		if err != nil {
			t.Fatal(err)
		}
		hits, proposed, possible, all := 0, 0, 0, len(planted)
		for _, c := range found {
			if c.Grade == Possible {
				possible++
				continue
			}
			proposed++
			if planted[ordered(c.Keep, c.Drop)] == "" {
				t.Logf("not planted: %+v", c)
				continue
			}
			hits++
			delete(planted, ordered(c.Keep, c.Drop))
		}
		for p, kind := range planted {
			t.Logf("missed %v: %s", p, kind)
		}
		precision, recall := float64(hits)/float64(max(1, proposed)), float64(hits)/float64(all)
		t.Logf("seed %d: %d customers, %d pairs compared, %d planted, precision %.3f, recall %.3f, %d more are possible", seed, stats.Customers, stats.Compared, all, precision, recall, possible)
		if precision < .95 || recall < .8 || possible > stats.Customers/50 {
			t.Errorf("seed %d: precision %.3f, want .95; recall %.3f, want .8; %d possible", seed, precision, recall, possible)
		}
	}
}
