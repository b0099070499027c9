package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"verso/etl/config"
	"verso/olap"
	"verso/olap/access"
	"verso/olap/access/users"
)

var errNoPolicy = errors.New("no access policy is configured: write access: {policy: access.yaml, users: users.yaml} into the configuration")

func (a *app) accessCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "access",
		Short: "Who may see which rows and columns: check the policy, add users, make tokens",
		Long: `access keeps the policy and the users that access: of the configuration names.
Whoever may not see everything is given a cut: a database file that holds what
they may see of a generation and nothing else. Cubes, SQL, facts, pages and
exports all read that file.`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.accessCheckCommand(), a.accessAddCommand(), a.accessTokenCommand(), a.accessListCommand())
	return cmd
}

// accessFiles reads the policy and the users of the configuration.
func (a *app) accessFiles(cfg *config.Config) (*access.Policy, *users.File, error) {
	if cfg.Access.Policy == "" {
		return nil, nil, &configError{errNoPolicy}
	}
	policy, err := access.LoadPolicy(cfg.Access.Policy)
	if err != nil {
		return nil, nil, &configError{err}
	}
	file, err := users.Load(cfg.Access.Users)
	if err != nil {
		return nil, nil, &configError{err}
	}
	return policy, file, nil
}

func (a *app) accessCheckCommand() *cobra.Command {
	var tables bool
	cmd := &cobra.Command{
		Use:   "check [USER…]",
		Short: "Validate the policy and the users, and list what each role or user sees",
		Long: `check validates the policy and the users file, and makes the cut of every role
(of the users named, if any): how many customers and rows it keeps of how many,
which columns it keeps back, and what was computed from them. Roles whose rows
depend on the person are shown for users only.`,
		Example: "  verso access check\n  verso access check li --tables",
		Args:    usageArgs(cobra.ArbitraryArgs),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.accessCheck(cmd.Context(), args, tables)
		},
	}
	cmd.Flags().BoolVar(&tables, "tables", false, "list every table")
	return cmd
}

// accessCheck prints what roles and users see.
func (a *app) accessCheck(ctx context.Context, names []string, tables bool) error {
	cfg, err := a.loadReaderConfig()
	if err != nil {
		return err
	}
	policy, file, err := a.accessFiles(cfg)
	if err != nil {
		return err
	}
	var persons []access.Person
	for _, name := range names {
		u := file.User(name)
		if u == nil {
			return usagef("verso access check", "there is no user %q in %s", name, cfg.Access.Users)
		}
		persons = append(persons, u.Person("check"))
	}
	if len(names) == 0 {
		if persons, err = a.everyRole(policy, file); err != nil {
			return &configError{err}
		}
	}
	s, closeStore, err := a.openStore(cfg, policy, olap.Options{Catalog: userCatalog(cfg)})
	if err != nil {
		return err
	}
	defer closeStore()
	for _, p := range persons {
		r, err := s.Report(ctx, p)
		if err != nil {
			return fmt.Errorf("%s: %w", p.Name, err)
		}
		rules, err := policy.Rules(p)
		if err != nil {
			return err
		}
		a.printReport(p.Name, rules, r, tables)
	}
	return nil
}

// everyRole checks that users hold known roles, and gives a person for each role
// that shows the same to everybody.
func (a *app) everyRole(policy *access.Policy, file *users.File) ([]access.Person, error) {
	for _, u := range file.Users {
		if _, err := policy.Rules(u.Person("check")); err != nil {
			return nil, err
		}
	}
	var names []string
	for name := range policy.Roles {
		names = append(names, name)
	}
	slices.Sort(names)
	var persons []access.Person
	for _, name := range names {
		if policy.Roles[name].Personal() {
			fmt.Fprintf(a.stdout, "role %s: its rows depend on the person: verso access check USER\n", name)
			continue
		}
		persons = append(persons, access.Person{Name: "role " + name, Roles: []string{name}})
	}
	return persons, nil
}

// printReport prints what a cut holds.
func (a *app) printReport(name string, rules access.Rules, r *access.Report, tables bool) {
	if r == nil {
		fmt.Fprintf(a.stdout, "%s: sees everything\n", name)
		return
	}
	rights := rules.Rights()
	var rows, of int64
	in := 0
	for _, t := range r.Tables {
		if t.Out == "" && t.Class == access.Customer {
			rows, of = rows+t.Rows, of+t.Of
		}
		if t.Out == "" {
			in++
		}
	}
	pages := "all pages"
	if rights.Pages != nil {
		pages = fmt.Sprintf("pages %s", strings.Join(rights.Pages, ", "))
		if len(rights.Pages) == 0 {
			pages = "no pages"
		}
	}
	fmt.Fprintf(a.stdout, "%s: %d of %d customers, %d of %d rows about customers, %d of %d tables; sql %s, facts %s, %s\n",
		name, r.Customers, r.AllCustomers, rows, of, in, len(r.Tables), yesNo(rights.SQL), yesNo(rights.Facts), pages)
	if rights.Told != "" {
		fmt.Fprintf(a.stdout, "  told: %s\n", rights.Told)
	}
	if len(r.Derived) > 0 {
		fmt.Fprintf(a.stdout, "  %d columns more are hidden, being computed from hidden ones (show: in the policy leaves some)\n", len(r.Derived))
	}
	for _, g := range r.Gathered {
		fmt.Fprintf(a.stdout, "  %s: %d cells; %d of %d facts under (unknown), %d left out", g.Table, g.Cells, g.Facts, g.Of, g.Left)
		if len(g.Without) > 0 {
			fmt.Fprintf(a.stdout, "; without %s", strings.Join(g.Without, ", "))
		}
		fmt.Fprintln(a.stdout)
	}
	if !tables {
		return
	}
	w := tabwriter.NewWriter(a.stdout, 2, 8, 2, ' ', 0)
	for _, t := range r.Tables {
		what := fmt.Sprintf("%d of %d rows", t.Rows, t.Of)
		if t.Out != "" {
			what = "not there: " + t.Out
		}
		for _, x := range []struct {
			word string
			list []string
		}{{"hidden", t.Hidden}, {"masked", t.Masked}, {"emptied", t.Emptied}} {
			if len(x.list) > 0 {
				what += "; " + x.word + " " + strings.Join(x.list, ", ")
			}
		}
		fmt.Fprintf(w, "  %s\t%s\t%s\n", t.Name, t.Class, what)
	}
	w.Flush()
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func (a *app) accessAddCommand() *cobra.Command {
	var roles, attributes []string
	var admin, disabled, noPassword bool
	cmd := &cobra.Command{
		Use:   "add-user NAME",
		Short: "Add a user, or set the password, roles and attributes of one",
		Long: `add-user writes a user into the users file, with the password read from the
terminal (twice) or the first line of the standard input. What is not said of a
user who is there already stays; tokens stay too.`,
		Example: `  verso access add-user li --role north
  printf '%s\n' "$PASSWORD" | verso access add-user wang --role sales --attribute employee=17
  verso access add-user proxy-user --role north --no-password`,
		Args: usageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := a.loadReaderConfig()
			if err != nil {
				return err
			}
			policy, _, err := a.accessFiles(cfg)
			if err != nil {
				return err
			}
			given, err := parseAttributes(attributes)
			if err != nil {
				return usagef(cmd.CommandPath(), "%v", err)
			}
			if err := users.CheckName(args[0]); err != nil {
				return usagef(cmd.CommandPath(), "%v", err)
			}
			hash := ""
			if !noPassword && !disabled {
				if hash, err = a.newPassword(args[0]); err != nil {
					return err
				}
			}
			return users.Change(cfg.Access.Users, func(f *users.File) error {
				u := users.User{Name: args[0]}
				for _, known := range f.Users {
					if strings.EqualFold(known.Name, args[0]) {
						u = known
					}
				}
				if cmd.Flags().Changed("role") {
					u.Roles = roles
				}
				if cmd.Flags().Changed("attribute") {
					u.Attributes = given
				}
				if cmd.Flags().Changed("admin") {
					u.Admin = admin
				}
				if u.Disabled = disabled; hash != "" || noPassword {
					u.Password = hash
				}
				if _, err := policy.Rules(u.Person("add")); err != nil {
					return usagef(cmd.CommandPath(), "%v", err)
				}
				f.Put(u)
				return nil
			})
		},
	}
	cmd.Flags().StringSliceVar(&roles, "role", nil, "roles of the policy")
	cmd.Flags().StringArrayVar(&attributes, "attribute", nil, "what policies may name, such as employee=17; may be repeated")
	cmd.Flags().BoolVar(&admin, "admin", false, "may see everything, and look through the eyes of others")
	cmd.Flags().BoolVar(&disabled, "disable", false, "let the user in no more; asks for no password")
	cmd.Flags().BoolVar(&noPassword, "no-password", false, "only tokens, a proxy or OpenID Connect let the user in")
	return cmd
}

func parseAttributes(list []string) (map[string][]string, error) {
	found := map[string][]string{}
	for _, text := range list {
		name, value, ok := strings.Cut(text, "=")
		if !ok || name == "" {
			return nil, fmt.Errorf("--attribute %q: write name=value", text)
		}
		found[name] = append(found[name], value)
	}
	return found, nil
}

// newPassword reads a password, from the terminal twice, and gives its hash.
func (a *app) newPassword(name string) (string, error) {
	f, ok := a.stdin.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		line, err := bufio.NewReader(io.LimitReader(a.stdin, 4096)).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", err
		}
		return hashed(strings.TrimRight(line, "\r\n"))
	}
	var typed [2]string
	for i, prompt := range []string{"Password of " + name + ": ", "Again: "} {
		fmt.Fprint(a.stderr, prompt)
		text, err := term.ReadPassword(int(f.Fd()))
		fmt.Fprintln(a.stderr)
		if err != nil {
			return "", err
		}
		typed[i] = string(text)
	}
	if typed[0] != typed[1] {
		return "", usagef("verso access add-user", "the two passwords differ")
	}
	return hashed(typed[0])
}

func hashed(password string) (string, error) {
	hash, err := users.Hash(password)
	if err != nil {
		return "", usagef("verso access add-user", "%v", err)
	}
	return hash, nil
}

func (a *app) accessTokenCommand() *cobra.Command {
	var days int
	var revoke string
	cmd := &cobra.Command{
		Use:   "token NAME",
		Short: "Make a token that lets a program in as a user, or revoke one",
		Long: `token prints a new token once; the users file keeps its hash. Programs send it as
"Authorization: Bearer TOKEN". --revoke takes one back, by the identifier that
list shows, or "all".`,
		Example: "  verso access token li --days 90\n  verso access token li --revoke all",
		Args:    usageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := a.loadReaderConfig()
			if err != nil {
				return err
			}
			if _, _, err := a.accessFiles(cfg); err != nil {
				return err
			}
			if days < 1 || days > 3650 {
				return usagef(cmd.CommandPath(), "--days %d: 1 to 3650", days)
			}
			text, token := users.NewToken(a.now().Add(time.Duration(days) * 24 * time.Hour))
			err = users.Change(cfg.Access.Users, func(f *users.File) error {
				u := f.User(args[0])
				if u == nil {
					return usagef(cmd.CommandPath(), "there is no user %q in %s", args[0], cfg.Access.Users)
				}
				if revoke == "" {
					u.Tokens = append(u.Tokens, token)
					return nil
				}
				before := len(u.Tokens)
				u.Tokens = slices.DeleteFunc(u.Tokens, func(t users.Token) bool { return revoke == "all" || t.ID == revoke })
				if len(u.Tokens) == before {
					return usagef(cmd.CommandPath(), "%s has no token %q", args[0], revoke)
				}
				return nil
			})
			if err == nil && revoke == "" {
				_, err = fmt.Fprintln(a.stdout, text)
			}
			return err
		},
	}
	cmd.Flags().IntVar(&days, "days", 90, "days until it expires")
	cmd.Flags().StringVar(&revoke, "revoke", "", `identifier of a token to take back, or "all"`)
	return cmd
}

func (a *app) accessListCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "list",
		Short:   "List the users, their roles, attributes and tokens",
		Example: "  verso access list",
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := a.loadReaderConfig()
			if err != nil {
				return err
			}
			_, file, err := a.accessFiles(cfg)
			if err != nil {
				return err
			}
			w := tabwriter.NewWriter(a.stdout, 2, 8, 2, ' ', 0)
			fmt.Fprintln(w, "user\troles\tattributes\tlogin\ttokens")
			for _, u := range file.Users {
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", u.Name, strings.Join(u.Roles, ", "), attributesOf(u), loginOf(u), tokensOf(u, a.now()))
			}
			return w.Flush()
		},
	}
}

func attributesOf(u users.User) string {
	var names, list []string
	for name := range u.Attributes {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		list = append(list, name+"="+strings.Join(u.Attributes[name], "|"))
	}
	return strings.Join(list, ", ")
}

func loginOf(u users.User) string {
	switch {
	case u.Disabled:
		return "disabled"
	case u.Admin:
		return "administrator"
	case u.Password == "":
		return "no password"
	}
	return "password"
}

func tokensOf(u users.User, now time.Time) string {
	var list []string
	for _, t := range u.Tokens {
		text := t.ID + " until " + t.Expires.Format(time.DateOnly)
		if !now.Before(t.Expires) {
			text = t.ID + " expired"
		}
		list = append(list, text)
	}
	return strings.Join(list, ", ")
}
