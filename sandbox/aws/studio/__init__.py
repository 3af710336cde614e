"""Studio as its control plane sees it: lifecycle configurations, domains, spaces, apps."""
