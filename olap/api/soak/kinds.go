package soak

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// kind is a kind of request; run says what is wrong with the answer.
type kind struct {
	name   string
	weight int
	open   bool // only of people who may write SQL and list facts
	login  bool // only of people with a password
	run    func(context.Context, *call) error
}

// call is a request of a person.
type call struct {
	*session
	client *http.Client
	person Person
	flight *sql.DB
	random *rand.Rand
}

// kinds is the one list of them; the weights are those of a day of work.
func kinds() []kind {
	return []kind{
		{name: "page", weight: 20, run: page},
		{name: "known", weight: 25, run: known},
		{name: "question", weight: 20, run: question},
		{name: "browse", weight: 8, run: browse},
		{name: "facts", weight: 4, open: true, run: facts},
		{name: "export", weight: 2, run: export},
		{name: "sql", weight: 4, open: true, run: statement},
		{name: "flight", weight: 4, open: true, run: overFlight},
		{name: "login", weight: 1, login: true, run: login},
		{name: "wrong login", weight: 1, run: wrongLogin},
		{name: "hostile", weight: 5, run: hostile},
		{name: "broken", weight: 3, run: broken},
		{name: "given up", weight: 3, run: givenUp},
	}
}

// ask sends a request to the API and wants one of the statuses.
func (c *call) ask(ctx context.Context, method, path, body string, want ...int) (string, error) {
	r, err := http.NewRequestWithContext(ctx, method, c.target.URL+path, strings.NewReader(body))
	if err != nil {
		return "", err
	}
	r.Header.Set("Authorization", "Bearer "+c.person.Token)
	r.Header.Set("Content-Type", "text/plain")
	if strings.HasPrefix(body, "{") {
		r.Header.Set("Content-Type", "application/json")
	}
	return c.send(c.client, r, want...)
}

func (c *call) send(client *http.Client, r *http.Request, want ...int) (string, error) {
	answer, err := client.Do(r)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return "", err
	}
	if !slices.Contains(want, answer.StatusCode) {
		return "", fmt.Errorf("%s %s: %d, want %v: %.200s", r.Method, r.URL.Path, answer.StatusCode, want, text)
	}
	return string(text), nil
}

func pick[T any](r *rand.Rand, list ...T) T { return list[r.IntN(len(list))] }

func page(ctx context.Context, c *call) error {
	want := http.StatusOK
	if !c.person.Pages {
		want = http.StatusForbidden
	}
	_, err := c.ask(ctx, http.MethodGet, pick(c.random, "/", "/sales.html"), "", want)
	return err
}

// known asks what everybody asks.
func known(ctx context.Context, c *call) error {
	_, err := c.ask(ctx, http.MethodPost, "/api/v1/query", pick(c.random, "sales by customer.type show net totals grand", "sales by region.area show net"), http.StatusOK)
	return err
}

// question asks what nobody asked before, mostly.
func question(ctx context.Context, c *call) error {
	field := pick(c.random, "customer.type", "region.area", "quarter")
	show := pick(c.random, "net", "net, copies", "copies")
	from := c.random.IntN(60)
	to := from + c.random.IntN(24)
	month := func(i int) string { return fmt.Sprintf("%d-%02d", 2020+i/12, 1+i%12) }
	text := fmt.Sprintf("sales by %s show %s time %s..%s", field, show, month(from), month(to))
	if !c.person.Open { // where few may not be told apart, months are not asked by
		text = fmt.Sprintf("sales by customer.type show net having net > %d", c.random.IntN(1_000_000))
	}
	_, err := c.ask(ctx, http.MethodPost, "/api/v1/query", text, http.StatusOK)
	return err
}

func browse(ctx context.Context, c *call) error {
	path := pick(c.random, "me", "cubes", "cubes/sales", "schema", "cubes/sales/members?attribute=customer.type", "definitions?search=net", "log?limit=20", "log/slow?min_ms=50", "running")
	_, err := c.ask(ctx, http.MethodGet, "/api/v1/"+path, "", http.StatusOK)
	return err
}

func facts(ctx context.Context, c *call) error {
	_, err := c.ask(ctx, http.MethodPost, "/api/v1/facts", fmt.Sprintf(`{"query":"sales by year show net","cell":"","limit":50,"offset":%d}`, c.random.IntN(1000)), http.StatusOK)
	return err
}

func export(ctx context.Context, c *call) error {
	_, err := c.ask(ctx, http.MethodPost, "/api/v1/query?format="+pick(c.random, "csv", "parquet", "arrow", "xlsx"), "sales by customer.type x year show net totals all", http.StatusOK)
	return err
}

// small is a statement that answers at once, a little different each time.
func small(r *rand.Rand) string {
	return fmt.Sprintf("SELECT customer_type, count(*) AS n FROM core.dim_customer WHERE customer_key > %d GROUP BY customer_type ORDER BY customer_type", r.IntN(50))
}

func statement(ctx context.Context, c *call) error {
	text, err := c.ask(ctx, http.MethodPost, "/api/v1/sql", small(c.random), http.StatusOK)
	if err == nil && !strings.Contains(text, `"customer_type"`) {
		return fmt.Errorf("no rows in %.200s", text)
	}
	return err
}

func overFlight(ctx context.Context, c *call) error {
	if c.flight == nil {
		return errors.New("no client of Flight SQL")
	}
	rows, err := c.flight.QueryContext(ctx, pick(c.random, small(c.random), "SELECT line_id, order_date, net FROM core.fact_order_line LIMIT 20000"))
	if err != nil {
		return err
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		n++
	}
	if err := rows.Err(); err != nil || n == 0 {
		return fmt.Errorf("%d rows: %w", n, err)
	}
	return nil
}

var formToken = regexp.MustCompile(`name="token" value="([^"]+)"`)

// login fills the form in, looks at a page and logs out.
func login(ctx context.Context, c *call) error {
	browser, err := newBrowser(c)
	if err != nil {
		return err
	}
	for held := true; held; { // by many who log in at once: a person comes again
		told, err := browser.login(ctx, c.person.Name, c.target.Password, http.StatusSeeOther, http.StatusTooManyRequests)
		if err != nil {
			return err
		}
		if held = told != ""; held {
			time.Sleep(5 * time.Second)
		}
	}
	want := http.StatusOK
	if !c.person.Pages {
		want = http.StatusForbidden
	}
	if _, err := browser.get(ctx, "/", want); err != nil {
		return err
	}
	told, err := browser.get(ctx, "/session", http.StatusOK)
	if err != nil {
		return err
	}
	_, csrf, _ := strings.Cut(told, `"csrf":"`)
	csrf, _, _ = strings.Cut(csrf, `"`)
	_, err = browser.post(ctx, "/logout", url.Values{"csrf": {csrf}}, http.StatusSeeOther, http.StatusOK)
	return err
}

// wrongLogin guesses a password: it is refused, or held up.
func wrongLogin(ctx context.Context, c *call) error {
	browser, err := newBrowser(c)
	if err != nil {
		return err
	}
	far := *c.far
	far.Jar = browser.client.Jar
	browser.client = &far
	_, err = browser.login(ctx, fmt.Sprint("nobody", c.random.IntN(1000)), "guessed it wrong", http.StatusUnauthorized, http.StatusTooManyRequests)
	return err
}

// browser keeps cookies.
type browser struct {
	*call
	client *http.Client
}

func newBrowser(c *call) (*browser, error) {
	jar, err := cookiejar.New(nil)
	own := *c.client
	own.Jar = jar
	return &browser{c, &own}, err
}

func (b *browser) get(ctx context.Context, path string, want ...int) (string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, b.target.URL+path, nil)
	if err != nil {
		return "", err
	}
	return b.send(b.client, r, want...)
}

func (b *browser) post(ctx context.Context, path string, form url.Values, want ...int) (string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, b.target.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.send(b.client, r, want...)
}

// login fills the form in; told is what is said to who is not let in.
func (b *browser) login(ctx context.Context, name, password string, want ...int) (told string, err error) {
	form, err := b.get(ctx, "/login", http.StatusOK)
	if err != nil {
		return "", err
	}
	token := formToken.FindStringSubmatch(form)
	if token == nil {
		return "", errors.New("the form has no token")
	}
	return b.post(ctx, "/login", url.Values{"token": {token[1]}, "name": {name}, "password": {password}}, want...)
}

// givenUp asks for much and goes away.
func givenUp(ctx context.Context, c *call) error {
	own, cancel := context.WithTimeout(ctx, time.Duration(20+c.random.IntN(150))*time.Millisecond)
	defer cancel()
	var err error
	if c.person.Open {
		_, err = c.ask(own, http.MethodPost, "/api/v1/sql", "SELECT count(*) FROM range(100000000000) AS a (i) WHERE i % 7 = 3", http.StatusOK)
	} else {
		_, err = c.ask(own, http.MethodPost, "/api/v1/query", fmt.Sprintf("sales by customer.type show net having net > %d", c.random.IntN(1_000_000)), http.StatusOK)
	}
	if err != nil && own.Err() == nil {
		return err
	}
	return nil
}
