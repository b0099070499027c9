package etl

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"verso/etl/config"
)

// company is a source that changes at random, night after night: rows come, are
// changed, arrive late, vanish, are bad and are put right, repeat.
type company struct {
	*nights
	rand *rand.Rand
	day  time.Time
	next map[string]int
	text bool
	club [][2]string // rows of a file beside the database
	days map[string][]string
}

func newCompany(t *testing.T, seed uint64, text bool) *company {
	c := &company{nights: newNights(t), rand: rand.New(rand.NewPCG(seed, 4)), day: time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC), next: map[string]int{}, text: text, days: map[string][]string{}}
	if text {
		c.cfg.IDs = "text"
	}
	c.database()
	c.erp.exec(`CREATE TABLE customers (id VARCHAR, name VARCHAR, city VARCHAR, changed TIMESTAMP);
CREATE TABLE orders (id VARCHAR, who VARCHAR, day DATE, channel VARCHAR);
CREATE TABLE lines (id VARCHAR, no INTEGER, order_id VARCHAR, n VARCHAR, price DECIMAL(9,2), changed TIMESTAMP);
CREATE TABLE titles (id VARCHAR, title VARCHAR, price VARCHAR);
CREATE TABLE suppliers (id VARCHAR, name VARCHAR, days VARCHAR);
CREATE TABLE supplier_log (supplier_id VARCHAR, op VARCHAR, changed_at TIMESTAMP);
CREATE TABLE payments (id INTEGER, who VARCHAR, day DATE, amount VARCHAR)`)
	c.mapping("customer", config.Map{From: "erp", Select: "SELECT id AS customer_id, name, city, changed AS updated_at FROM customers", Incremental: &config.Incremental{By: "updated_at", Overlap: "2d"}})
	c.mapping("customer", config.Map{From: "club", Columns: map[string]string{"customer_id": "id", "name": "name"}})
	c.mapping("order_header", config.Map{From: "erp", Select: "SELECT id AS order_id, who AS customer_id, day AS order_date, channel AS entry_channel FROM orders", Incremental: &config.Incremental{Window: "order_date", Days: 9}})
	c.mapping("order_line", config.Map{From: "erp", Select: "SELECT id AS line_id, no AS line_no, order_id, n AS qty_ordered, price AS unit_price, changed AS updated_at FROM lines", Incremental: &config.Incremental{By: "updated_at", Overlap: "36h"}})
	c.mapping("title", config.Map{From: "erp", Select: "SELECT id AS title_id, title, price AS list_price FROM titles", Incremental: &config.Incremental{Compare: true}})
	c.mapping("supplier", config.Map{From: "erp", Select: "SELECT id AS supplier_id, name, days AS payment_days FROM suppliers", Incremental: &config.Incremental{Log: "SELECT supplier_id, op, changed_at FROM supplier_log"}})
	if !text {
		c.mapping("payment", config.Map{From: "erp", Select: "SELECT id AS payment_id, who AS customer_id, day AS pay_date, amount FROM payments", Incremental: &config.Incremental{By: "key"}})
	}
	c.cfg.Sources["daily"] = config.Source{Kind: "file", Path: filepath.Join(c.dir, "daily")}
	if err := os.MkdirAll(filepath.Join(c.dir, "daily"), 0o777); err != nil {
		t.Fatal(err)
	}
	files := &config.Incremental{By: "files"}
	c.mapping("return_line", config.Map{From: "daily", Columns: map[string]string{"return_id": "id", "title_id": "title", "return_date": "day", "qty": "n", "value_cny": "value"}, Incremental: files})
	c.mapping("message", config.Map{From: "daily", Select: `SELECT CAST(id AS VARCHAR) || '9' AS msg_id, day AS ts, 'in' AS dir, title AS subject, _row FROM daily`, Incremental: files})
	c.mapping("calendar_event", config.Map{From: "calendar", Columns: map[string]string{"date": "day", "kind": "kind", "name": "name"}})
	one := 1.0
	for _, id := range []string{"mostly-quarantined", "duplicate-key"} {
		c.cfg.Checks[id] = config.Check{Threshold: &one}
	}
	delete(c.cfg.Checks, "duplicate-key")
	for range 6 {
		c.change()
	}
	return c
}

func (c *company) id(kind string, n int) string {
	if c.text {
		return fmt.Sprintf("%s%03d", kind, n)
	}
	return fmt.Sprint(n)
}

func (c *company) pick(kind string) string { return c.id(kind, 1+c.rand.IntN(max(1, c.next[kind]))) }

func (c *company) fresh(kind string) string {
	c.next[kind]++
	return c.id(kind, c.next[kind])
}

func (c *company) often(share float64) bool { return c.rand.Float64() < share }

// quantity is a number, or now and then something that is none.
func (c *company) quantity() string {
	if c.often(0.08) {
		return []string{"x", "", "many"}[c.rand.IntN(3)]
	}
	return fmt.Sprint(c.rand.IntN(9) - 1)
}

// change is one day of the company.
func (c *company) change() {
	c.day = c.day.AddDate(0, 0, 1)
	day := c.day.Format(time.DateOnly)
	at := func() string {
		return c.day.Add(time.Duration(c.rand.IntN(86400)) * time.Second).Format(time.DateTime)
	}
	for range c.rand.IntN(4) {
		c.erp.exec(fmt.Sprintf("INSERT INTO customers VALUES ('%s', 'Name %d', 'Town', '%s')", c.fresh("c"), c.rand.IntN(9), at()))
	}
	if c.often(0.5) {
		c.erp.exec(fmt.Sprintf("UPDATE customers SET city = 'City %d', changed = '%s' WHERE id = '%s'", c.rand.IntN(9), at(), c.pick("c")))
	}
	for range c.rand.IntN(5) {
		order, when := c.fresh("o"), day
		if c.often(0.2) { // late
			when = c.day.AddDate(0, 0, -c.rand.IntN(5)).Format(time.DateOnly)
		}
		c.erp.exec(fmt.Sprintf("INSERT INTO orders VALUES ('%s', '%s', '%s', '%s')", order, c.pick("c"), when, []string{"web", "mail", "pigeon"}[c.rand.IntN(3)]))
		for no := range c.rand.IntN(4) {
			c.erp.exec(fmt.Sprintf("INSERT INTO lines VALUES ('%s', %d, '%s', '%s', %d.5, '%s')", c.fresh("l"), no+1, order, c.quantity(), c.rand.IntN(50), at()))
		}
	}
	for range c.rand.IntN(4) {
		c.erp.exec(fmt.Sprintf("UPDATE lines SET n = '%s', changed = '%s' WHERE id = '%s'", c.quantity(), at(), c.pick("l")))
	}
	if c.often(0.4) {
		c.erp.exec(fmt.Sprintf("DELETE FROM orders WHERE id = '%s'", c.pick("o")))
	}
	if c.often(0.2) { // a repeated row
		c.erp.exec(fmt.Sprintf("INSERT INTO lines SELECT id, no, order_id, n, price + %d, '%s' FROM lines WHERE id = '%s' LIMIT 1", c.rand.IntN(2), at(), c.pick("l")))
	}
	c.masters(at)
	c.files(day)
}

func (c *company) masters(at func() string) {
	for range c.rand.IntN(3) {
		c.erp.exec(fmt.Sprintf("INSERT INTO titles VALUES ('%s', 'Title %d', '%s')", c.fresh("t"), c.rand.IntN(9), c.quantity()))
	}
	c.erp.exec(fmt.Sprintf("UPDATE titles SET price = '%s' WHERE id = '%s'", c.quantity(), c.pick("t")))
	if c.often(0.3) {
		c.erp.exec(fmt.Sprintf("DELETE FROM titles WHERE id = '%s'", c.pick("t")))
	}
	if c.often(0.2) {
		c.erp.exec(fmt.Sprintf("INSERT INTO titles SELECT * FROM titles WHERE id = '%s'", c.pick("t")))
	}
	log := func(id, op string) {
		c.erp.exec(fmt.Sprintf("INSERT INTO supplier_log VALUES ('%s', '%s', '%s')", id, op, at()))
	}
	if c.often(0.6) {
		id := c.fresh("s")
		c.erp.exec(fmt.Sprintf("INSERT INTO suppliers VALUES ('%s', 'Supplier', '%s')", id, c.quantity()))
		log(id, "insert")
	}
	if c.often(0.6) {
		id := c.pick("s")
		c.erp.exec(fmt.Sprintf("UPDATE suppliers SET days = '%s' WHERE id = '%s'", c.quantity(), id))
		log(id, "update")
	}
	if c.often(0.3) {
		id := c.pick("s")
		c.erp.exec(fmt.Sprintf("DELETE FROM suppliers WHERE id = '%s'", id))
		log(id, "delete")
	}
	for range c.rand.IntN(3) {
		c.next["p"]++
		c.erp.exec(fmt.Sprintf("INSERT INTO payments VALUES (%d, '%s', '%s', '%s')", c.next["p"], c.pick("c"), c.day.Format(time.DateOnly), c.quantity()))
	}
}

// files writes the files of a day: a folder that grows, one of whose files now
// and then is written anew, and small ones that are written anew every day.
func (c *company) files(day string) {
	c.days[day] = nil
	for _, d := range slices.Sorted(maps.Keys(c.days)) {
		if d != day && !c.often(0.05) {
			continue
		}
		rows := []string{"id,title,day,n,value"}
		for range c.rand.IntN(4) {
			rows = append(rows, fmt.Sprintf("%s,%s,%s,%s,%d", c.fresh("r"), c.pick("t"), d, c.quantity(), c.rand.IntN(90)))
		}
		if c.often(0.2) && c.next["r"] > 0 {
			rows = append(rows, fmt.Sprintf("%s,%s,%s,3,7", c.pick("r"), c.pick("t"), d))
		}
		if c.often(0.1) {
			rows = append(rows, "too,many,fields,in,this,row")
		}
		c.days[d] = rows
	}
	for d, rows := range c.days {
		c.write(filepath.Join("daily", d+".csv"), strings.Join(rows, "\n")+"\n")
	}
	if c.often(0.4) || c.club == nil {
		c.club = append(c.club, [2]string{c.pick("c"), "Club"})
	}
	if c.often(0.3) {
		c.club[c.rand.IntN(len(c.club))] = [2]string{c.pick("c"), fmt.Sprint("Member ", c.rand.IntN(3))}
	}
	text := "id,name\n"
	for _, row := range c.club {
		text += row[0] + "," + row[1] + "\n"
	}
	c.file("club", text)
	c.file("calendar", fmt.Sprintf("day,kind,name\n2024-05-01,holiday,Labour\n%s,fair,Fair %d\nsome day,fair,x\n", day, c.rand.IntN(2)))
}

func (c *company) write(name, text string) {
	path := filepath.Join(c.dir, name)
	if old, err := os.ReadFile(path); err == nil && string(old) == text {
		return
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		c.t.Fatal(err)
	}
}

// After every night of a random company the merged warehouse is the one that is
// rebuilt from landing, row for row in every table: three nights, or as many as
// VERSO_NIGHTS says.
func TestNightsAreAsRebuilt(t *testing.T) {
	for name, text := range map[string]bool{"integer": false, "text": true} {
		t.Run(name, func(t *testing.T) {
			c := newCompany(t, 7, text)
			nights := 3
			if n, err := strconv.Atoi(os.Getenv("VERSO_NIGHTS")); err == nil {
				nights = n
			}
			for night := range nights {
				c.mustNight(ModeAuto)
				c.balanced()
				merged := c.content()
				current := c.keepCurrent()
				c.sameAsRebuilt(fmt.Sprintf("night %d (%d tables)", night+1, len(merged)))
				current()
				for range 1 + c.rand.IntN(3) {
					c.change()
				}
			}
		})
	}
}
