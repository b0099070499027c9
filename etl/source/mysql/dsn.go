package mysql

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	driver "github.com/go-sql-driver/mysql"
)

// tlsKeys are the settings of a DSN that concern TLS; all others are of the
// driver.
var tlsKeys = [...]string{"ssl-mode", "ssl-ca", "ssl-cert", "ssl-key"}

// parse reads a DSN: a URL (mysql://user:password@host:3306/database?…) or the
// driver's own form (user:password@tcp(host:3306)/database?…). Errors never
// repeat it.
func parse(dsn string) (*driver.Config, error) {
	options := map[string]string{}
	var conf *driver.Config
	scheme, _, isURL := strings.Cut(dsn, "://")
	switch {
	case isURL && scheme != "mysql" && scheme != "mariadb":
		return nil, fmt.Errorf("the dsn begins with %s://: a MySQL or MariaDB database has mysql://user@host:3306/database", scheme)
	case isURL:
		u, err := url.Parse(dsn)
		if err != nil {
			return nil, errors.New("the dsn cannot be read: it looks like mysql://user@host:3306/database, special characters in it written as %40 and the like")
		}
		if conf, err = fromURL(u, options); err != nil {
			return nil, err
		}
	default:
		var err error
		if conf, err = driver.ParseDSN(withoutTLS(dsn, options)); err != nil {
			return nil, errors.New("the dsn cannot be read: it looks like mysql://user@host:3306/database or user@tcp(host:3306)/database")
		}
	}
	if conf.DBName == "" {
		return nil, errors.New("the dsn names no database: it looks like mysql://user@host:3306/database")
	}
	if err := secure(conf, options); err != nil {
		return nil, err
	}
	return conf, fix(conf)
}

// fromURL takes a URL apart.
func fromURL(u *url.URL, options map[string]string) (*driver.Config, error) {
	conf := driver.NewConfig()
	conf.User, conf.DBName = u.User.Username(), strings.TrimPrefix(u.Path, "/")
	conf.Passwd, _ = u.User.Password()
	port := u.Port()
	if port == "" {
		port = "3306"
	}
	conf.Net, conf.Addr = "tcp", net.JoinHostPort(u.Hostname(), port)
	if u.Hostname() == "" {
		conf.Addr = "127.0.0.1:" + port
	}
	known := []string{"socket", "timeout", "tls", "charset"}
	known = append(known, tlsKeys[:]...)
	query := u.Query()
	for _, key := range slices.Sorted(maps.Keys(query)) {
		value := query.Get(key)
		switch {
		case key == "socket":
			conf.Net, conf.Addr = "unix", value
		case key == "timeout":
			d, err := time.ParseDuration(value)
			if err != nil {
				return nil, fmt.Errorf("timeout in the dsn is %q: write a number and a unit, such as 20s", value)
			}
			conf.Timeout = d
		case key == "charset": // always utf8mb4: the server converts
		case slices.Contains(known, key):
			options[key] = value
		default:
			return nil, fmt.Errorf("the dsn has an unknown setting %q: known are %s", key, strings.Join(known, ", "))
		}
	}
	return conf, nil
}

// withoutTLS takes the settings for TLS out of a DSN in the driver's form.
func withoutTLS(dsn string, options map[string]string) string {
	// A password may hold any character, and ends before the address.
	end := max(strings.LastIndex(dsn, ")/"), strings.LastIndexByte(dsn, '@'), 0)
	base, query, ok := strings.Cut(dsn[end:], "?")
	if !ok {
		return dsn
	}
	var kept []string
	for _, pair := range strings.Split(query, "&") {
		key, value, _ := strings.Cut(pair, "=")
		if plain, err := url.QueryUnescape(value); err == nil && (key == "tls" || slices.Contains(tlsKeys[:], key)) {
			options[key] = plain
			continue
		}
		kept = append(kept, pair)
	}
	dsn = dsn[:end] + base
	if len(kept) > 0 {
		dsn += "?" + strings.Join(kept, "&")
	}
	return dsn
}

// secure sets up TLS. Modes are those of MySQL's own programs, or the driver's.
func secure(conf *driver.Config, options map[string]string) error {
	mode := strings.ToLower(options["ssl-mode"])
	if mode == "" {
		mode = strings.ToLower(options["tls"])
	}
	authority := options["ssl-ca"]
	if mode == "" && authority != "" {
		mode = "verify_identity"
	}
	host, _, err := net.SplitHostPort(conf.Addr)
	if err != nil {
		host = "localhost"
	}
	settings := &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
	switch mode {
	case "", "false", "disabled":
		return nil
	case "true", "verify_identity", "verify-full":
	case "verify_ca", "verify-ca":
		verifyChainOnly(settings)
	case "required", "skip-verify":
		settings.InsecureSkipVerify = true //nolint:gosec // what this mode means, as in MySQL's own programs
	case "preferred":
		settings.InsecureSkipVerify = true //nolint:gosec // what this mode means, as in MySQL's own programs
		conf.AllowFallbackToPlaintext = true
	default:
		return fmt.Errorf("ssl-mode in the dsn is %q: use DISABLED, PREFERRED, REQUIRED, VERIFY_CA or VERIFY_IDENTITY", mode)
	}
	if authority != "" {
		pem, err := os.ReadFile(authority)
		if err != nil {
			return fmt.Errorf("ssl-ca in the dsn: %w", err)
		}
		settings.RootCAs = x509.NewCertPool()
		if !settings.RootCAs.AppendCertsFromPEM(pem) {
			return fmt.Errorf("ssl-ca in the dsn: %s holds no certificate in PEM form", authority)
		}
	}
	if cert, key := options["ssl-cert"], options["ssl-key"]; cert != "" || key != "" {
		pair, err := tls.LoadX509KeyPair(cert, key)
		if err != nil {
			return fmt.Errorf("ssl-cert and ssl-key in the dsn: %w", err)
		}
		settings.Certificates = []tls.Certificate{pair}
	}
	conf.TLS = settings
	return nil
}

// verifyChainOnly checks who signed the certificate, not the host name in it.
func verifyChainOnly(settings *tls.Config) {
	settings.InsecureSkipVerify = true //nolint:gosec // the chain is checked below
	settings.VerifyConnection = func(state tls.ConnectionState) error {
		options := x509.VerifyOptions{Roots: settings.RootCAs, Intermediates: x509.NewCertPool()}
		for _, c := range state.PeerCertificates[1:] {
			options.Intermediates.AddCert(c)
		}
		_, err := state.PeerCertificates[0].Verify(options)
		return err
	}
}

// fix settles what a DSN may not change: how values come, and that nothing is
// read from files of this machine.
func fix(conf *driver.Config) error {
	conf.ParseTime, conf.InterpolateParams, conf.MultiStatements, conf.AllowAllFiles = false, false, false, false
	conf.ColumnsWithAlias, conf.Loc, conf.Logger = false, time.UTC, &driver.NopLogger{}
	if conf.Timeout == 0 {
		conf.Timeout = 15 * time.Second
	}
	delete(conf.Params, "charset")
	return conf.Apply(driver.Charset("utf8mb4", ""))
}
