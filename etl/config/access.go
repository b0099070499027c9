package config

import (
	"net/netip"
	"net/url"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// Access says who is let in and what they may see. Without a policy whoever
// reaches the server sees everything, so it listens on this machine only.
type Access struct {
	Policy string `yaml:"policy"` // file of the roles; "": no policy
	Users  string `yaml:"users"`  // file of the users, their passwords' hashes and tokens
	Proxy  *Proxy `yaml:"proxy"`  // nil: no header is trusted
	OIDC   *OIDC  `yaml:"oidc"`   // nil: no login by OpenID Connect
}

// Proxy is a server in front that says who asks, by a header.
type Proxy struct {
	Header  string   `yaml:"header"`  // such as X-Remote-User: the name of a user in the users file
	Trusted []string `yaml:"trusted"` // addresses it comes from, such as 10.0.0.5 or 10.0.0.0/24
}

// OIDC is a provider of OpenID Connect.
type OIDC struct {
	Issuer     string `yaml:"issuer"`      // https://…
	ClientID   string `yaml:"client_id"`   //
	SecretFile string `yaml:"secret_file"` // holds the client secret
	Redirect   string `yaml:"redirect"`    // this server's address, ending in /login/callback
	Claim      string `yaml:"claim"`       // of the identity token, that names a user in the users file; default email
}

// access reads access: of the configuration.
func (r *reader) access(a *Access, p place) {
	r.mapping(p, fields{
		"policy": r.expanded(&a.Policy),
		"users":  r.expanded(&a.Users),
		"proxy": func(p place) {
			a.Proxy = &Proxy{}
			r.mapping(p, fields{"header": r.plain(&a.Proxy.Header), "trusted": r.texts(&a.Proxy.Trusted)})
			r.trusted(a.Proxy, p)
		},
		"oidc": func(p place) {
			a.OIDC = &OIDC{Claim: "email"}
			r.mapping(p, fields{"issuer": r.plain(&a.OIDC.Issuer), "client_id": r.plain(&a.OIDC.ClientID), "secret_file": r.expanded(&a.OIDC.SecretFile),
				"redirect": r.plain(&a.OIDC.Redirect), "claim": r.plain(&a.OIDC.Claim)})
			r.provider(a.OIDC, p)
		},
	})
	if a.Policy == "" != (a.Users == "") {
		r.report(p.at(), "name both: policy: access.yaml, users: users.yaml", "access needs a policy, the roles, and users, who holds them")
	}
}

// trusted checks the addresses that a header is believed from.
func (r *reader) trusted(x *Proxy, p place) {
	if x.Header == "" || len(x.Trusted) == 0 {
		r.report(p.at(), "write proxy: {header: X-Remote-User, trusted: [10.0.0.5]}", "%s needs the header and the addresses that are trusted with it", p.path)
	}
	for _, text := range x.Trusted {
		if _, err := ParsePrefix(text); err != nil {
			r.report(p.at(), "write an address such as 10.0.0.5, or a range such as 10.0.0.0/24", "%s.trusted: %q is no address", p.path, text)
		}
	}
}

// ParsePrefix reads an address or a range of addresses.
func ParsePrefix(text string) (netip.Prefix, error) {
	if strings.Contains(text, "/") {
		return netip.ParsePrefix(text)
	}
	a, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Prefix{}, err
	}
	return netip.PrefixFrom(a, a.BitLen()), nil
}

// provider checks the settings of OpenID Connect.
func (r *reader) provider(o *OIDC, p place) {
	if _, ok := p.value.(ast.MapNode); !ok {
		return
	}
	for _, x := range [][2]string{{"issuer", o.Issuer}, {"redirect", o.Redirect}} {
		if u, err := url.Parse(x[1]); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
			r.report(p.at(), "write https://…", "%s.%s: %q is no address", p.path, x[0], x[1])
		}
	}
	if o.ClientID == "" || o.SecretFile == "" {
		r.report(p.at(), "the provider gives both when this server is registered there", "%s needs client_id and secret_file", p.path)
	}
}
