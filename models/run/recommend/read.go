package recommend

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"verso/models/frame"
	"verso/models/job"
	"verso/models/offer"
	"verso/models/recommend"
	"verso/models/recommend/cold"
	"verso/olap/engine"
)

// catalogue is the titles that models work on, one element a title, and
// customers, one element a customer.
type catalogue struct {
	day int32 // as-of

	titles                        []int64 // keys, ascending
	work, series, volume          []int32
	publisher, author             []int32 // −1 is unknown
	class, class3, class1         []int32
	unclassified, textbook        []bool
	listed, issued                []int32 // 0 is unknown
	status                        []offer.Status
	barred                        [][]int32 // territories a title must not be sold in; nil where nothing is said
	embargo                       []int32   // day before which it is not offered, 0 for none; nil where nothing is said
	price, margin, free, buyers12 []float64
	text                          titleText
	all                           int // titles in the warehouse

	customers  []int64
	kind, area []string
	parent     []int32
	left       []float64
	titlesOf   []int32 // titles ever bought
	interest   [][]string
	territory  []int32  // region, −1 is unknown
	nowhere    []string // what titles must not be sold in and no region is called

	encoded *cold.Attributes // of new titles; nil until they are needed

	rows      recommend.Rows // pairs of the customers and titles by day
	owned     [][]int32      // titles ever bought, ascending, returned ones included
	kept      [][]int32      // those that did not all go back
	year      [][]int32      // of kept, those bought in the last twelve months
	works     [][]int32      // works bought in editions that take no part
	past      []tally        // what each customer kept, titles that take no part included
	term      bool           // textbooks are ordered now
	termKnown bool
}

// titleText is what the encoders of new titles read.
type titleText struct {
	title, author, class, path, publisher, language, level, binding, series []string
}

// budgetPairs bounds customers × titles: beyond it fewer titles take part.
const (
	budgetPairs = 2_000_000_000
	mostTitles  = 60_000
	leastTitles = 20_000
)

// optional columns of the source that the star has no place for.
var optionals = []struct{ table, column, into, sql, empty string }{
	{"title_contributor", "name", "offer_author",
		"SELECT CAST(c.title_id AS VARCHAR) AS title_id, arg_min(c.name, (coalesce(c.seq, 1), c.name)) AS author FROM stage.title_contributor AS c WHERE NOT coalesce(c.is_deleted, false) AND coalesce(c.role, 'author') = 'author' GROUP BY c.title_id",
		"SELECT CAST(NULL AS VARCHAR) AS title_id, CAST(NULL AS VARCHAR) AS author WHERE false"},
	{"title", "not_sold_in", "offer_barred",
		"SELECT CAST(t.title_id AS VARCHAR) AS title_id, min(t.not_sold_in) AS not_sold_in FROM stage.title AS t WHERE t.not_sold_in IS NOT NULL GROUP BY t.title_id",
		"SELECT CAST(NULL AS VARCHAR) AS title_id, CAST(NULL AS VARCHAR) AS not_sold_in WHERE false"},
	{"title", "volume", "offer_volume",
		"SELECT CAST(t.title_id AS VARCHAR) AS title_id, min(TRY_CAST(t.volume AS INTEGER)) AS volume FROM stage.title AS t WHERE t.volume IS NOT NULL GROUP BY t.title_id HAVING min(TRY_CAST(t.volume AS INTEGER)) IS NOT NULL",
		"SELECT CAST(NULL AS VARCHAR) AS title_id, CAST(NULL AS INTEGER) AS volume WHERE false"},
	{"customer_clc_interest", "clc_code", "offer_interest",
		"SELECT CAST(i.customer_id AS VARCHAR) AS customer_id, i.clc_code AS code FROM stage.customer_clc_interest AS i WHERE NOT coalesce(i.is_deleted, false) AND coalesce(i.declared_or_observed, 'declared') = 'declared' GROUP BY i.customer_id, i.clc_code",
		"SELECT CAST(NULL AS VARCHAR) AS customer_id, CAST(NULL AS VARCHAR) AS code WHERE false"},
}

// read makes the features and takes them in.
func read(ctx context.Context, j *job.Job) (*catalogue, error) {
	for _, o := range optionals {
		f, err := j.Frame(ctx, "SELECT count(*) AS n FROM information_schema.columns WHERE table_schema = 'stage' AND table_name = ? AND column_name = ?", o.table, o.column)
		if err != nil {
			return nil, err
		}
		sql := o.empty
		if f.Column("n")[0] > 0 {
			sql = o.sql
		}
		if err := j.Exec(ctx, "CREATE OR REPLACE TEMP TABLE "+o.into+" AS "+sql); err != nil {
			return nil, fmt.Errorf("%s: %w", o.into, err)
		}
	}
	if err := j.Exec(ctx, titleSQL, j.AsOf); err != nil {
		return nil, fmt.Errorf("titles: %w", err)
	}
	if err := j.Exec(ctx, customerSQL, j.AsOf); err != nil {
		return nil, fmt.Errorf("customers: %w", err)
	}
	c := &catalogue{day: dayOf(j.AsOf)}
	if err := c.readCustomers(ctx, j); err != nil {
		return nil, err
	}
	if err := c.readTitles(ctx, j); err != nil {
		return nil, err
	}
	if err := c.readText(ctx, j); err != nil {
		return nil, err
	}
	if err := c.readTerm(ctx, j); err != nil {
		return nil, err
	}
	if err := c.readTerritories(ctx, j); err != nil {
		return nil, fmt.Errorf("territories: %w", err)
	}
	return c, c.readLines(ctx, j)
}

func dayOf(t time.Time) int32 { return int32(t.Unix() / 86400) }

// whole turns a column into numbers, with what stands for NULL.
func whole(f *frame.Frame, name string, absent int32) []int32 {
	column := f.Column(name)
	out := make([]int32, len(column))
	for i, v := range column {
		if out[i] = absent; !math.IsNaN(v) {
			out[i] = int32(v)
		}
	}
	return out
}

func keys(f *frame.Frame, name string) []int64 {
	column := f.Column(name)
	out := make([]int64, len(column))
	for i, v := range column {
		out[i] = int64(v)
	}
	return out
}

func flags(f *frame.Frame, name string) []bool {
	column := f.Column(name)
	out := make([]bool, len(column))
	for i, v := range column {
		out[i] = v == 1
	}
	return out
}

func (c *catalogue) readCustomers(ctx context.Context, j *job.Job) error {
	f, err := j.Frame(ctx, "SELECT customer_key, parent, CAST(budget AS DOUBLE) - CAST(spent AS DOUBLE) AS left_over, titles FROM feature.offer_customer ORDER BY customer_key")
	if err != nil {
		return err
	}
	c.customers, c.parent, c.left, c.titlesOf = keys(f, "customer_key"), whole(f, "parent", -1), f.Column("left_over"), whole(f, "titles", 0)
	for i, parent := range c.parent { // the head office is a branch of its own group
		if parent < 0 {
			continue
		}
		if at, found := slices.BinarySearch(c.customers, int64(parent)); found && c.parent[at] < 0 {
			c.parent[at] = parent
		}
		c.parent[i] = parent
	}
	c.interest = make([][]string, len(c.customers))
	err = engine.Rows(ctx, j.Conn, engine.SQL("SELECT customer_type, area FROM feature.offer_customer ORDER BY customer_key"), func(r []any) error {
		c.kind, c.area = append(c.kind, engine.Text(r[0])), append(c.area, engine.Text(r[1]))
		return nil
	})
	if err != nil {
		return err
	}
	return j.Each(ctx, "SELECT c.customer_key, i.code FROM feature.offer_customer AS c INNER JOIN temp.main.offer_interest AS i ON i.customer_id = c.customer_id WHERE i.code IS NOT NULL ORDER BY c.customer_key, i.code", func(key int64, code string) {
		if at, found := slices.BinarySearch(c.customers, key); found {
			c.interest[at] = append(c.interest[at], code)
		}
	})
}

// most is how many titles with buyers take part.
func (c *catalogue) most() int {
	return min(mostTitles, max(leastTitles, budgetPairs/max(1, len(c.customers))))
}

func (c *catalogue) readTitles(ctx context.Context, j *job.Job) error {
	if err := j.Exec(ctx, "CREATE OR REPLACE TEMP TABLE offer_item AS\n"+itemSQL, j.AsOf, c.most()); err != nil {
		return fmt.Errorf("choose titles: %w", err)
	}
	f, err := j.Frame(ctx, "SELECT * FROM temp.main.offer_item ORDER BY title_key")
	if err != nil {
		return err
	}
	c.titles = keys(f, "title_key")
	c.work, c.series, c.volume = whole(f, "work_no", -1), whole(f, "series_no", -1), whole(f, "volume", 0)
	c.publisher, c.author = whole(f, "publisher_key", -1), whole(f, "author_no", -1)
	c.class, c.class3, c.class1 = whole(f, "class", 0), whole(f, "class_3", 0), whole(f, "class_1", 0)
	c.unclassified, c.textbook = flags(f, "is_unclassified"), flags(f, "is_textbook")
	c.listed, c.issued = whole(f, "listed", 0), whole(f, "issued", 0)
	c.price, c.margin, c.free, c.buyers12 = f.Column("price"), f.Column("margin"), f.Column("free"), f.Column("buyers_12")
	for _, s := range f.Column("status") {
		c.status = append(c.status, offer.Status(s))
	}
	for i, barred := range whole(f, "is_embargoed", -1) {
		if barred < 0 {
			continue
		}
		if c.embargo == nil {
			c.embargo = make([]int32, len(c.titles))
		}
		c.embargo[i] = barred * (c.day + 1)
	}
	if f, err = j.Frame(ctx, "SELECT count(*) AS n FROM feature.offer_title"); err != nil {
		return err
	}
	c.all = int(f.Column("n")[0])
	return nil
}

func (c *catalogue) readText(ctx context.Context, j *job.Job) error {
	t := &c.text
	into := []*[]string{&t.title, &t.author, &t.class, &t.path, &t.publisher, &t.language, &t.level, &t.binding, &t.series}
	return engine.Rows(ctx, j.Conn, engine.SQL(`SELECT t.title, t.author, t.class,
       CASE WHEN t.class IS NOT NULL THEN concat_ws('/', t.class_1, nullif(t.class_2, t.class_1), nullif(t.class_3, t.class_2), nullif(t.class, t.class_3)) END AS path,
       CASE WHEN t.publisher_key > 0 THEN CAST(t.publisher_key AS VARCHAR) END, t.language, t.level, t.binding, CAST(t.series_no AS VARCHAR)
FROM feature.offer_title AS t INNER JOIN temp.main.offer_item AS i ON i.title_key = t.title_key ORDER BY t.title_key`), func(r []any) error {
		for k, column := range into {
			text := ""
			if r[k] != nil {
				text = engine.Text(r[k])
			}
			*column = append(*column, text)
		}
		return nil
	})
}

// readTerm says whether textbooks are ordered at this time: from 45 to 160 days
// before a term starts.
func (c *catalogue) readTerm(ctx context.Context, j *job.Job) error {
	f, err := j.Frame(ctx, "SELECT days_to_term_start AS days FROM core.dim_date WHERE date = CAST(? AS DATE)", j.AsOf)
	if err != nil || f.Rows() == 0 || math.IsNaN(f.Column("days")[0]) {
		return err
	}
	days := f.Column("days")[0]
	c.term, c.termKnown = days >= 45 && days <= 160, true
	return nil
}

// bought are the titles that somebody bought, whether they take part or not: what
// customers are told of their own orders is of all of them.
type bought struct {
	keys                           []int64
	work, class, author, publisher []int32
	unclassified                   []bool
}

func (c *catalogue) readBought(ctx context.Context, j *job.Job) (*bought, error) {
	f, err := j.Frame(ctx, "SELECT title_key, work_no, class_no, author_no, publisher_key, class IS NULL AS is_unclassified FROM feature.offer_title WHERE buyers > 0 ORDER BY title_key")
	if err != nil {
		return nil, err
	}
	return &bought{keys(f, "title_key"), whole(f, "work_no", -1), whole(f, "class_no", 0), whole(f, "author_no", -1), whole(f, "publisher_key", -1), flags(f, "is_unclassified")}, nil
}

func (c *catalogue) readLines(ctx context.Context, j *job.Job) error {
	all, err := c.readBought(ctx, j)
	if err != nil {
		return err
	}
	f, err := j.Frame(ctx, lineSQL, j.AsOf)
	if err != nil {
		return fmt.Errorf("lines: %w", err)
	}
	customers, titles, days, copies := f.Column("customer_key"), f.Column("title_key"), f.Column("day"), f.Column("copies")
	n := len(c.customers)
	c.owned, c.kept, c.year, c.works, c.past = make([][]int32, n), make([][]int32, n), make([][]int32, n), make([][]int32, n), make([]tally, n)
	for from, to := 0, 0; from < len(customers); from = to { // a customer and a title
		net, lately := 0.0, false
		for to = from; to < len(customers) && customers[to] == customers[from] && titles[to] == titles[from]; to++ {
			net += copies[to]
			lately = lately || copies[to] > 0 && int32(days[to]) > c.day-365
		}
		u, ok := slices.BinarySearch(c.customers, int64(customers[from]))
		at, known := slices.BinarySearch(all.keys, int64(titles[from]))
		if !ok || !known {
			continue
		}
		if net > 0 {
			c.past[u].add(all, at, lately)
		}
		t, takes := slices.BinarySearch(c.titles, int64(titles[from]))
		if !takes {
			c.works[u] = append(c.works[u], all.work[at])
			continue
		}
		for k := from; k < to; k++ {
			r := &c.rows
			r.User, r.Item = append(r.User, int32(u)), append(r.Item, int32(t))
			r.Copies, r.Day = append(r.Copies, copies[k]), append(r.Day, int32(days[k]))
		}
		c.owned[u] = append(c.owned[u], int32(t))
		if net > 0 {
			c.kept[u] = append(c.kept[u], int32(t))
			if lately {
				c.year[u] = append(c.year[u], int32(t))
			}
		}
	}
	return nil
}

// until are the rows up to a day.
func (c *catalogue) until(day int32) recommend.Rows {
	var r recommend.Rows
	for k, d := range c.rows.Day {
		if d <= day {
			r.User, r.Item = append(r.User, c.rows.User[k]), append(r.Item, c.rows.Item[k])
			r.Copies, r.Day = append(r.Copies, c.rows.Copies[k]), append(r.Day, d)
		}
	}
	return r
}

// between are the purchases after a day and up to another, of pairs that were not
// there before. Rows come by customer and title, so that those of a pair stand
// together.
func (c *catalogue) between(after, to int32) recommend.Rows {
	var r recommend.Rows
	same := func(a, b int) bool {
		return c.rows.User[a] == c.rows.User[b] && c.rows.Item[a] == c.rows.Item[b]
	}
	for from, end := 0, 0; from < len(c.rows.Day); from = end {
		first := c.rows.Day[from]
		for end = from; end < len(c.rows.Day) && same(from, end); end++ {
			first = min(first, c.rows.Day[end])
		}
		if first <= after {
			continue
		}
		for k := from; k < end; k++ {
			if c.rows.Day[k] <= to && c.rows.Copies[k] > 0 {
				r.User, r.Item = append(r.User, c.rows.User[k]), append(r.Item, c.rows.Item[k])
			}
		}
	}
	return r
}
