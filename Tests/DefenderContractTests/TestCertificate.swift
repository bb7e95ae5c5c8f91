/// Self-signed RSA certificates and the key of the first: for tests, worthless elsewhere.
enum TestCertificate {
    static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIICpDCCAYwCAQIwDQYJKoZIhvcNAQELBQAwFzEVMBMGA1UEAwwMYmFpbGlmZiB0
        ZXN0MCAXDTIwMDEwMjAzMDQwNVoYDzIwOTkxMjMxMjM1OTU5WjAXMRUwEwYDVQQD
        DAxiYWlsaWZmIHRlc3QwggEiMA0GCSqGSIb3DQEBAQUAA4IBDwAwggEKAoIBAQCj
        9sS06pINDxVNGw3YC1upxAh26cjyBp/d0+6jrg172Vo2/UNb45c8xV6MYPPbydNW
        FMKMb0SG31cymM6E1bnDdt60TvjpiHRGJq83PdSbyWu7AXdRXJMHwK4T/GHRR6JC
        JhNUZpiO3rOKlLe97ddgS0AST0EfQGNN9SHZ8PY5gwNXH2EPClzGeH5AQ/G/Bv2V
        mWfwbj4jLpIdVyoecoRdPeSE8OxaKf6MPlDAlKBulGYUD0Y1LxCGyW0mvsRc6PPG
        h96WtkKV2iT8M8I20REJp+jSNaUkrKTZ8ILNif+hcFH1eh+gYARwSQzuHEa6uQGR
        4fkkwLk/cMf1vbchUzMBAgMBAAEwDQYJKoZIhvcNAQELBQADggEBADN/ut2Cs54T
        QPsx4HAAkX/xZFaohdZ5T90JK58mZ+FA7lNIdnZHlEfOPMdvvzqpP8Ade5LBwOud
        SULau5j19fHt8t3s1FZPtcFOm8If82qb04pbhIuRCiRFSOgJlDQpDKUkgu7zXsBi
        aZMzrt4S1JDb46hO6ic3XcqguUhSjldoCT9XRdVi27ceVFvB6EvvmsswsIVluNP4
        2Jw+a+HdV6rxKXJzmWVt7GhUwveB03FJAewvkuyIlclfSIGRyU0mgE/m0aor4ZWG
        e9ge0uy18MtHxp9vXfnr+mLqP+q3BNbwd2qBa/aUGpAl+UvjDOY65ZTPBz3fY6BM
        BqTRA7ULVak=
        -----END CERTIFICATE-----
        """

    static let otherCertificate = """
        -----BEGIN CERTIFICATE-----
        MIIDAzCCAeugAwIBAgIUM9DyOtWGPBb5avdNUt3fdlBIftkwDQYJKoZIhvcNAQEL
        BQAwEDEOMAwGA1UEAwwFb3RoZXIwIBcNMjYxMTIxMDAzMDA1WhgPMjEyNjEwMjgw
        MDMwMDVaMBAxDjAMBgNVBAMMBW90aGVyMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A
        MIIBCgKCAQEAr+xTbDQXzPFPGqmnhKtbk3sMReEB84DK0xaHLQnOor8MAGmGUXLO
        yi9nB4E8KSMrXn7CfcrEWO73qqdLBBh11KDkJMjFMvu/OcS7EjzfwrDMr7qjr7wg
        Dmb/VjZ+H2CBNn0pQW446EgI/qE0JpNwkum2EzDQ7FPQc1RQ1QD2j/45WxHvHrFW
        Enklro9JEWwZT9rTKuT4Xbwigp6S7XBctGiLabFc9URytKiVjSYVPXd92WjWr7Fs
        UHA/FG4JfNP9KE3zLifL2FLXayYH40nfnx3ewO0w5mJ55hjrgNpJo4HYvPXhg9Yi
        u0Nrd7b2T0IJj3U0P95fWURWNFNUvHdjRQIDAQABo1MwUTAdBgNVHQ4EFgQUeUco
        cWq1TRRce/pL2DvR5smKLMAwHwYDVR0jBBgwFoAUeUcocWq1TRRce/pL2DvR5smK
        LMAwDwYDVR0TAQH/BAUwAwEB/zANBgkqhkiG9w0BAQsFAAOCAQEAr0/zehi1YIjQ
        W8mcpuzjIWufOupQgVMAyPGuzrLDzNrJ3nouNmgRPCIFVMpkoS24aa89N8w/pdcv
        0NCKOPPNWTLtLd0VEMka1B6awT15+WqP/IOTKEZeA7z9nGoW3yGm5I36HxaqBPkY
        YNsDKnEhHv/doREr1UIJIQSk0KI6HhyyxbWdwwo+RfkY8fcKVhORgtwHkm9xXD/3
        SupRXcW/C5gndHkwJNmMvdHt5ZkoE/NPr0MTOUP1srkcf/OYC3O5v4IGZZHHCRkq
        ksyNeRdra29FaNhFDNQv7tw9OMtZawcSvroXjvxFTTVeJFVXAziSPQHnJqURchnv
        6B/Xtb9W1g==
        -----END CERTIFICATE-----
        """

    static let key = """
        -----BEGIN PRIVATE KEY-----
        MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQCj9sS06pINDxVN
        Gw3YC1upxAh26cjyBp/d0+6jrg172Vo2/UNb45c8xV6MYPPbydNWFMKMb0SG31cy
        mM6E1bnDdt60TvjpiHRGJq83PdSbyWu7AXdRXJMHwK4T/GHRR6JCJhNUZpiO3rOK
        lLe97ddgS0AST0EfQGNN9SHZ8PY5gwNXH2EPClzGeH5AQ/G/Bv2VmWfwbj4jLpId
        VyoecoRdPeSE8OxaKf6MPlDAlKBulGYUD0Y1LxCGyW0mvsRc6PPGh96WtkKV2iT8
        M8I20REJp+jSNaUkrKTZ8ILNif+hcFH1eh+gYARwSQzuHEa6uQGR4fkkwLk/cMf1
        vbchUzMBAgMBAAECggEATbqT6QJUx50RZ5K+Pt+vjizxKFJPITFzwykPtgeyu7Y/
        9tacgqjDjxsv5dOmd1jX97RywDmVXmztfP6E1OMvI9Mr44WWqbs3B/SZ1tHYgxv7
        FtWsl2UQDLpSrAXW52wSp1I+kqHqi7xWmAlFi+P/WNaDospwoFyZVyEw8Y0yZPOM
        zgVtiGO6y6/GGWec5ch7d1t9P58dL2M5l8U0F9n1YnzCfb6AKvEpfi5guIBZL6zk
        E53KqMwdyFn2aiLPdHH9IUTnSmfFyX1XkS9TK7H2WJwf2rzvGkI0QWdRpaejJrg8
        POkfsgBybtgLCBtYu66V8e77YwSQo6q7spJRj1lt2wKBgQDaoA2rEyypgCuEoghQ
        pjRxTtbSvbAFHtk86wZKVdh36vw/5yfvEWJMkNk+z6cY4QKrPrH3uZkDsE1HjvrD
        A19Nqm5K0sXU3ivaYP713bq9NfTRXlkdVgjOUefFT7fXxy5aV3sbA9m1G6CIesh1
        c4E6QuH8p+PkLiutXJSTmKqJAwKBgQC//oLNbo78zssYmTaOHxXyq5mOQVZEIvhI
        zLp4E4jarZLu+ySMGzC5oUB4LZsHz3AjUaObVL/ZrDZj4InIHRUTKpCQerDA5Y4f
        YCoYiaTC4yQs+vfPUsz3lrvCSH6NMyqrXlLlD1qn2V2QhleFyumzY3oB953FeLwY
        x2T3onU6qwKBgH2u/ayXvVlEYcBCFl2m7wckt8M3YXXQIjsvMdKSP3vRD2r9TKvX
        Zpd1vi6p2fongQ1JYa50eE7yj7rPq8FosuVHUViaiziw8Kz+jhRyf+Q+nJuwjbKb
        vzw9Qezgw2O9EhzFpfQF5qaDV2qei5dZ67S+toQ1UIHhOSLU0mV3orJZAoGAAnI4
        smtdMQVlewvAsTDeM7hR/YkBk16qsSrCmXMORFL/00Gp5osWJNdUHfPezMuszxZk
        Mj9zLk/OZZlfyAfu086wBtc5V0vVcrrj7moaik0gkd4kuCSC7giincgUrLHhMkvC
        XJ7Ede0EDypXBSJfteRnkozYGsL+CobH14vfWH8CgYEAth6pYhQj7d60oOQcvang
        2n9kYl0ZKX/rW9g/G+zHkdb/KqZxz2NF9QqQkBPpZtWsN4Mv4qy85h0GR88zi4BS
        NZsLG14dNOznXAd9z4/2ZsRssA7fuQMWBSmaethayWPfwTTyQ/y+omm7EVBwhxcF
        rgWLNCUGtJXNCi2cam7ha2U=
        -----END PRIVATE KEY-----
        """
}
